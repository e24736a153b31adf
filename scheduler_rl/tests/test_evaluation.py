from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.checkpoints import SHIPPED
from scheduler_rl.evaluate import main
from scheduler_rl.evaluation.contest import NAMES
from scheduler_rl.evaluation.figures import Played, joined, summary, versus
from scheduler_rl.evaluation.keeping import Finished
from scheduler_rl.evaluation.world import Files


def played(*cost: float) -> Played:
    return Played(np.array(cost), np.zeros(len(cost)), np.full(len(cost), 10.0), {}, 0.0, 0)


def test_the_gap_is_closed_between_greedy_and_the_clairvoyant() -> None:
    found = summary(
        {"greedy": played(100, 120), "dqn": played(90, 100), "clairvoyant": played(80, 90)},
        np.array([70.0, 80.0]),
    )
    assert found["dqn"]["gap_closed"] == pytest.approx(30 / 50)
    assert (found["greedy"]["gap_closed"], found["clairvoyant"]["gap_closed"]) == (0.0, 1.0)
    assert found["dqn"]["eur_per_request"] == pytest.approx(9.5)
    assert found["dqn"]["excess"] == pytest.approx(2.0)
    assert found["dqn"]["versus"]["greedy"]["mean"] == pytest.approx(1.5)


def test_where_greedy_is_as_good_as_the_bound_there_is_no_gap_to_close() -> None:
    for little in (0.0, 1e-4, -1e-4):  # EUR of 220, as a solver rounds
        found = summary(
            {
                "greedy": played(100, 120),
                "random": played(150, 160),
                "clairvoyant": played(100, 120 - little),
            },
            np.array([70.0, 80.0]),
        )
        assert [one["gap_closed"] for one in found.values()] == [0.0, None, 1.0]


def test_no_request_at_all_gives_no_figures() -> None:
    nobody = Played(np.zeros(2), np.zeros(2), np.zeros(2), {}, 0.0, 0)
    with pytest.raises(ValueError, match="no request on the simulated days"):
        summary({"greedy": nobody}, np.zeros(2))


def test_a_class_that_did_not_come_costs_nothing_to_the_mean_of_others() -> None:
    some, none = played(100), played(100)
    parts = [
        replace(some, per_class={"urgent": 9.0, "normal": 5.0}),
        replace(none, per_class={"normal": 7.0}),
    ]
    assert joined(parts).per_class == {"urgent": 9.0, "normal": 6.0}


def test_the_interval_is_that_of_paired_days() -> None:
    one, other = played(90, 100, 95, 105), played(100, 120, 100, 110)
    differences = np.array([10, 20, 5, 5]) / 10
    found = versus(one, other)
    assert found["mean"] == pytest.approx(1.0)
    assert found["ci95"] == pytest.approx(1.96 * differences.std(ddof=1) / 2)


def test_the_command_judges_every_policy_on_a_city_it_has_never_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, report = tmp_path / "out.json", tmp_path / "report.md"
    arguments = ["--generated", "5", "--demand", "2,3", "--days", "2", "--seeds", "1,2", "--shadow-days", "5"]
    assert main([*arguments, "--json", str(out), "--report", str(report)]) == 0
    result = json.loads(out.read_text())
    assert list(result["demand"]) == ["2", "3"]
    policies = result["demand"]["2"]["policies"]
    assert sorted(policies) == sorted(NAMES)
    for name, one in policies.items():
        assert one["eur_per_request"] >= policies["clairvoyant"]["eur_per_request"] - 1e-9, name
        assert set(one["versus"]) == set(NAMES) - {name}
    both = [policies["dqn"]["versus"]["greedy"]["mean"], policies["greedy"]["versus"]["dqn"]["mean"]]
    assert both[0] == pytest.approx(-both[1])
    assert "| dqn |" in report.read_text()
    assert (tmp_path / "report-x2.svg").exists()
    assert "4 simulated days drawn from 20 real weekdays" in capsys.readouterr().out


def test_several_networks_give_an_interval_over_training_seeds(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    arguments = [
        "--generated",
        "5",
        "--demand",
        "2",
        "--days",
        "2",
        "--policies",
        "dqn",
        "--shadow-days",
        "5",
    ]
    assert main([*arguments, "--checkpoint", str(SHIPPED), str(SHIPPED), "--json", str(out)]) == 0
    seeds = json.loads(out.read_text())["training_seeds"]["2"]
    assert len(seeds["gap_closed"]) == 2
    assert seeds["ci95"] == 0.0


def test_without_the_bound_no_gap_is_known_and_the_rest_stays(tmp_path: Path) -> None:
    out, report = tmp_path / "out.json", tmp_path / "out.md"
    arguments = [
        "--generated",
        "5",
        "--demand",
        "2",
        "--days",
        "2",
        "--shadow-days",
        "2",
        "--policies",
        "dqn",
    ]
    assert main([*arguments, "--no-bound", "--json", str(out), "--report", str(report)]) == 0
    found = json.loads(out.read_text())["demand"]["2"]["policies"]
    assert set(found) == {"greedy", "dqn"}
    assert found["dqn"]["gap_closed"] is None
    assert found["dqn"]["versus"]["greedy"]["ci95"] > 0
    assert "| dqn |" in report.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--demand", "2"], "--sites, --sessions"),
        (["--generated", "5", "--checkpoint", "nowhere.npz"], "nowhere.npz"),
    ],
)
def test_what_is_missing_is_one_line_and_exit_code_1(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--days", "1"]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    assert said in error


def city_files(folder: Path, *, sites: int = 1, weekends: bool = True) -> list[str]:
    """Four weeks in another city from a Monday on, one AC charger at each site, in use twice a day."""
    monday = datetime(2021, 6, 7)  # noqa: DTZ001 - session files hold local times
    lines = ["charger_id,location_id,start_time,end_time"]
    for day in (monday + timedelta(days=number) for number in range(28)):
        if weekends or day.weekday() < 5:
            for site in range(sites):
                for hour in (8, 17):
                    start = day + timedelta(hours=hour, minutes=7 * site)
                    lines.append(f"{site},{site},{start},{start + timedelta(hours=2)}")
    hours = (f"2026-03-{day:02d} {hour:02d}:00:00+00:00,90" for day in range(1, 31) for hour in range(24))
    (folder / "sites.csv").write_text(
        "\n".join(["location_id,x_m,y_m", *(f"{site},{300 * site},0" for site in range(sites))])
    )
    (folder / "sessions.csv").write_text("\n".join(lines))
    (folder / "prices.csv").write_text("\n".join(["target_ts,y_true", *hours]))
    names = ("sites", "sessions", "prices")
    files = [part for name in names for part in (f"--{name}", str(folder / f"{name}.csv"))]
    return [*files, "--fit-until", "2021-06-20", "--test-from", "2021-06-21", "--shadow-days", "2"]


def test_one_station_with_one_ac_charger_is_a_city_too(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    wanted = ["--demand", "1,3", "--days", "5", "--json", str(out), "--report", str(tmp_path / "out.md")]
    assert main([*city_files(tmp_path), *wanted]) == 0
    result = json.loads(out.read_text())
    assert result["setting"]["world"] == "around site 0, 1 sites, 1 connectors"
    for level in result["demand"].values():
        policies = level["policies"]
        assert sorted(policies) == sorted(NAMES)
        assert (policies["greedy"]["gap_closed"], policies["clairvoyant"]["gap_closed"]) == (0.0, 1.0)
        least = policies["clairvoyant"]["eur_per_request"]
        assert all(one["eur_per_request"] >= least - 1e-9 for one in policies.values())


def test_all_kinds_of_days_are_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    wanted = [
        "--demand",
        "2",
        "--days",
        "4",
        "--policies",
        "bid_price",
        "--days-kind",
        "all",
        "--json",
        str(out),
    ]
    assert main([*city_files(tmp_path, sites=3, weekends=False), *wanted]) == 0
    tested = json.loads(out.read_text())["setting"]["tested_on"]
    assert tested == "4 simulated days drawn from 10 real weekdays, 0 real weekends"
    assert (
        main([*city_files(tmp_path, sites=3, weekends=False), "--days-kind", "weekend", "--days", "2"]) == 1
    )
    assert capsys.readouterr().err.endswith("error: around site 1 has no weekend session in these days\n")


@pytest.mark.parametrize(
    ("option", "value"),
    [("--days", "0"), ("--demand", "0"), ("--demand", "1,-2"), ("--demand", "nan"), ("--nearest", "0")],
)
def test_numbers_that_make_no_sense_are_refused(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--generated", "5", option, value])
    assert f"argument {option}" in capsys.readouterr().err


def test_what_is_named_twice_is_played_once(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    wanted = [
        "--demand",
        "2,2",
        "--days",
        "2",
        "--seeds",
        "1, 1",
        "--policies",
        "greedy, greedy",
        "bid_price",
    ]
    assert main(["--generated", "3", *wanted, "--shadow-days", "2", "--json", str(out)]) == 0
    result = json.loads(out.read_text())
    assert result["setting"]["tested_on"].startswith("2 simulated days")
    assert list(result["demand"]["2"]["policies"]) == ["greedy", "bid_price", "clairvoyant"]


def test_an_evaluation_that_was_stopped_goes_on_with_what_was_left(tmp_path: Path) -> None:
    """Stopped at its last step, the report; then as if it had been stopped at its second demand."""
    out, nowhere = tmp_path / "out.json", tmp_path / "file" / "report.md"
    nowhere.parent.write_text("")
    arguments = ["--generated", "3", "--days", "2", "--policies", "bid_price", "--shadow-days", "2"]
    wanted = [*arguments, "--demand", "2,3", "--json", str(out)]
    assert main([*wanted, "--report", str(nowhere)]) == 1
    straight = json.loads(out.read_text())["demand"]
    part = tmp_path / "out.json.part"
    kept = json.loads(part.read_text())
    assert kept["demand"] == {name: its["policies"] for name, its in straight.items()}
    del kept["demand"]["3"]
    kept["demand"]["2"]["bid_price"]["eur_per_request"] = 1.25
    part.write_text(json.dumps(kept))
    assert main(wanted) == 0
    found = json.loads(out.read_text())["demand"]
    assert found["2"]["policies"]["bid_price"]["eur_per_request"] == 1.25
    assert found["3"]["policies"]["greedy"]["versus"] == straight["3"]["policies"]["greedy"]["versus"]
    assert not part.exists()


def test_what_was_finished_with_other_options_is_played_again(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    kept = Finished(out, "of other options")
    kept.keep("2", {"greedy": {}})
    assert Finished(out, "of other options").get("2") == {"greedy": {}}
    assert Finished(out, "of these").get("2") is None


def test_a_result_that_cannot_be_written_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    arguments = [
        "--generated",
        "2",
        "--demand",
        "1",
        "--days",
        "2",
        "--policies",
        "greedy",
        "--shadow-days",
        "1",
    ]
    assert main([*arguments, "--json", str(tmp_path / "file" / "out.json")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")


def test_an_unknown_policy_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--generated", "5", "--policies", "greedy,magic"])
    assert "no policy magic" in capsys.readouterr().err


def test_evaluating_needs_neither_torch_nor_django() -> None:
    code = (
        "import sys, scheduler_rl.evaluate, scheduler_rl.forecast, scheduler_rl.env; "
        "print([name for name in ('torch', 'stable_baselines3', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_real_days_are_evaluated_with_the_options_of_the_bars(real_files: Files, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    files = [
        "--sites",
        str(real_files.sites),
        "--sessions",
        str(real_files.sessions[0]),
        "--prices",
        str(real_files.prices),
    ]
    dates = ["--fit-until", "2020-02-18", "--test-from", "2020-02-19"]
    wanted = ["--demand", "2", "--days", "6", "--shadow-days", "20", "--policies", "bid_price,dqn"]
    assert main([*files, *dates, *wanted, "--json", str(out)]) == 0
    policies = json.loads(out.read_text())["demand"]["2"]["policies"]
    assert policies["clairvoyant"]["eur_per_request"] < policies["dqn"]["eur_per_request"]
    assert policies["dqn"]["eur_per_request"] < policies["bid_price"]["eur_per_request"]
