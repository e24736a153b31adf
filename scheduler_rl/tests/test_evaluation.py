from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.checkpoints import SHIPPED
from scheduler_rl.evaluate import main
from scheduler_rl.evaluation.contest import NAMES
from scheduler_rl.evaluation.figures import Played, joined, summary, versus
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
