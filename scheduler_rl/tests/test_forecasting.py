from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.forecast import main
from scheduler_rl.forecasting.baselines import Baselines
from scheduler_rl.forecasting.demand import arrivals, expected_arrivals
from scheduler_rl.forecasting.grid import build_grid
from scheduler_rl.forecasting.logistic import fit_logistic, sigmoid
from scheduler_rl.forecasting.model import fit_forecast, site_shares, with_bookings
from scheduler_rl.forecasting.scores import auc, brier, reliability
from scheduler_rl.worlds.files import Sessions, read_sessions

MONDAY = datetime(2020, 2, 3)  # noqa: DTZ001 - session files hold local times


def write_sessions(path: Path, *, days: int = 14, sites: int = 6) -> Path:
    """Two chargers a site, in use at other hours at each, with some chance."""
    rng = np.random.default_rng(1)
    lines = ["charger_id,location_id,start_time,end_time"]
    for day in range(days):
        for site in range(sites):
            for charger in range(2):
                if rng.random() < 0.8:
                    start = MONDAY + timedelta(days=day, hours=6 + 2 * site, minutes=float(rng.normal(0, 40)))
                    end = start + timedelta(minutes=float(rng.lognormal(np.log(150), 0.3)))
                    lines.append(f"{site}-{charger},{site},{start:%Y-%m-%d %H:%M:%S},{end:%Y-%m-%d %H:%M:%S}")
    path.write_text("\n".join(lines) + "\n")
    return path


def test_scores_of_known_chances() -> None:
    chance, truth = np.array([0.9, 0.6, 0.6, 0.2]), np.array([1.0, 1.0, 0.0, 0.0])
    assert brier(chance, truth) == pytest.approx((0.01 + 0.16 + 0.36 + 0.04) / 4)
    assert auc(chance, truth) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert auc(chance, np.ones(4)) is None
    assert [(one["count"], one["observed"]) for one in reliability(chance, truth)] == [
        (1, 0.0),
        (2, 0.5),
        (1, 1.0),
    ]


def test_a_logistic_regression_finds_the_weights_it_was_made_with() -> None:
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(40_000, 2))
    target = (rng.random(40_000) < sigmoid(-1 + columns @ np.array([2.0, -0.5]))).astype(float)
    assert fit_logistic(columns, target).tolist() == pytest.approx([-1, 2, -0.5], abs=0.06)


def test_of_no_case_at_all_chances_are_even() -> None:
    weights = fit_logistic(np.zeros((0, 2)), np.zeros(0))
    assert weights.tolist() == [0.0, 0.0, 0.0]


def test_the_grid_knows_who_is_there_and_since_when() -> None:
    sessions = Sessions(
        site=np.array([7, 7]),
        charger=("a", "b"),
        day=np.array([MONDAY.toordinal()] * 2),
        start=np.array([60.0, 70.0]),
        stay=np.array([45.0, 30.0]),
    )
    grid = build_grid(sessions)
    assert grid.capacity().tolist() == [2]
    assert np.flatnonzero(grid.occupied[0]).tolist() == [4, 5, 6]
    assert np.flatnonzero(grid.occupied[1]).tolist() == [5, 6]
    assert grid.since[0, 4:8].tolist() == [0, 15, 30, 0]
    assert np.isnan(grid.since[0, :4]).all()
    assert site_shares(grid)[0][0, 3:8].tolist() == [0, 0.5, 1, 1, 0]
    assert grid.until(date(2020, 2, 3)) == 96


def test_the_forecast_beats_staying_as_it_is_and_being_as_usual(tmp_path: Path) -> None:
    grid = build_grid(read_sessions([write_sessions(tmp_path / "sessions.csv")]))
    steps = 10 * 96
    forecast, baselines = fit_forecast(grid, steps, horizons=(60, 1440)), Baselines(grid, steps)
    for horizon in (60, 1440):
        step = np.arange(steps, grid.occupied.shape[1] - horizon // 15)
        free = 1 - site_shares(grid)[1][:, step + horizon // 15]
        ours = brier(forecast.chances(grid, step, horizon), free)
        assert ours < brier(baselines.persistence(step), free)
        assert ours < brier(baselines.climatology(step, horizon), free)


def test_expected_arrivals_add_up_to_what_came_and_peak_when_it_came(tmp_path: Path) -> None:
    sessions = read_sessions([write_sessions(tmp_path / "sessions.csv")])
    grid = build_grid(sessions)
    assert arrivals(sessions, grid).sum() == len(sessions)
    expected = expected_arrivals(sessions, grid, steps=14 * 96)
    assert expected.shape == (2, 6, 24)
    assert expected.sum() / 2 == pytest.approx(len(sessions) / 14, rel=0.1)
    assert expected[0].argmax(axis=1).tolist() == pytest.approx([6 + 2 * site for site in range(6)], abs=1)


def test_known_bookings_lower_the_chance_to_nothing_when_all_is_booked() -> None:
    chances = with_bookings(np.array([0.9] * 3), np.array([2, 2, 2]), np.array([0, 1, 2]))
    assert chances[0] == pytest.approx(0.9)
    assert chances[1] == pytest.approx(1 - 0.1**0.5)
    assert chances[2] == 0.0


def test_the_command_writes_every_horizon_with_its_baselines(tmp_path: Path) -> None:
    path, out = write_sessions(tmp_path / "sessions.csv"), tmp_path / "out.json"
    arguments = ["--sessions", str(path), "--train-until", "2020-02-12", "--json", str(out)]
    assert main([*arguments, "--plots", str(tmp_path / "plots")]) == 0
    result = json.loads(out.read_text())
    assert list(result) == ["15", "30", "60", "120", "240", "480", "1440", "2880"]
    assert set(result["60"]["baselines"]) == {"persistence", "climatology", "logistic"}
    assert 0 < result["60"]["brier"] < 0.25
    assert (tmp_path / "plots" / "reliability-60.svg").read_text().startswith("<svg")


def test_where_a_charger_is_always_free_the_json_is_still_json(tmp_path: Path) -> None:
    path, out = write_sessions(tmp_path / "sessions.csv"), tmp_path / "out.json"
    spare = (f"{site}-spare,{site},2020-02-03 01:00:00,2020-02-03 01:20:00\n" for site in range(6))
    path.write_text(path.read_text() + "".join(spare))
    assert main(["--sessions", str(path), "--train-until", "2020-02-12", "--json", str(out)]) == 0
    result = json.loads(out.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (result["60"]["auc"], result["60"]["base_rate"]) == (None, 1.0)


@pytest.mark.parametrize("visit", ["08:01:00,2020-02-{day} 08:10:00", "00:00:00,2020-02-12 10:00:00"])
def test_a_charger_that_was_never_or_always_in_use_is_forecast_too(tmp_path: Path, visit: str) -> None:
    """Visits between two quarter hours, and one that lasts longer than the days to learn from."""
    path, out = tmp_path / "sessions.csv", tmp_path / "out.json"
    rows = (f"a,1,2020-02-{day:02d} " + visit.format(day=f"{day:02d}") for day in range(3, 12))
    last = "a,1,2020-02-12 11:00:00,2020-02-12 12:00:00"
    path.write_text("\n".join(["charger_id,location_id,start_time,end_time", *rows, last]) + "\n")
    assert main(["--sessions", str(path), "--train-until", "2020-02-07", "--json", str(out)]) == 0
    assert all(0 <= one["brier"] <= 1 for one in json.loads(out.read_text()).values())


def test_figures_that_cannot_be_written_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_sessions(tmp_path / "sessions.csv")
    arguments = ["--sessions", str(path), "--train-until", "2020-02-12"]
    assert main([*arguments, "--json", str(path / "out.json")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")


def test_a_horizon_longer_than_the_test_days_is_said_to_be_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = write_sessions(tmp_path / "sessions.csv"), tmp_path / "out.json"
    assert main(["--sessions", str(path), "--train-until", "2020-02-14", "--json", str(out)]) == 0
    assert list(json.loads(out.read_text()))[-1] == "1440"
    assert " 2880 min: not judged, the test days are too few\n" in capsys.readouterr().out


def test_a_date_of_another_century_is_one_line_instead_of_all_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_sessions(tmp_path / "sessions.csv")
    path.write_text(path.read_text() + "0-0,0,0020-02-03 01:00:00,0020-02-03 02:00:00\n")
    assert main(["--sessions", str(path), "--train-until", "2020-02-12"]) == 1
    assert capsys.readouterr().err == (
        "error: 12 chargers from 0020-02-03 to 2020-02-16 are too many days for one grid\n"
    )


def test_no_day_left_to_judge_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_sessions(tmp_path / "sessions.csv")
    assert main(["--sessions", str(path), "--train-until", "2020-03-01"]) == 1
    assert capsys.readouterr().err == "error: no day after 2020-03-01 to judge the forecast on\n"
