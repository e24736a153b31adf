from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.kernel.days import Days
from scheduler_rl.kernel.shadow import ShadowPrices
from scheduler_rl.policies.features import ROW, SHARED, Observation
from scheduler_rl.tests.test_worlds import own_files
from scheduler_rl.train import main
from scheduler_rl.worlds.city import City

torch = pytest.importorskip("torch", reason="the ml extra is not installed: no torch")
pytest.importorskip("stable_baselines3", reason="the ml extra is not installed: no stable-baselines3")

from scheduler_rl.training.config import CONFIGS, BadConfig, Config, Rollouts, Split, read_config  # noqa: E402
from scheduler_rl.training.fine_tuning import fine_tune  # noqa: E402
from scheduler_rl.training.fitting import fit  # noqa: E402
from scheduler_rl.training.pipeline import Pipeline  # noqa: E402
from scheduler_rl.training.scorer import Scorer, export  # noqa: E402
from scheduler_rl.training.states import Collector  # noqa: E402


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def config(**changes: object) -> Config:
    import dataclasses

    shipped = read_config(CONFIGS / "hamburg.toml")
    return dataclasses.replace(shipped, dqn=dataclasses.replace(shipped.dqn, **changes))  # type: ignore[arg-type]


def test_the_exported_network_equals_torch() -> None:
    torch.manual_seed(3)
    scorer = Scorer(64)
    for parameter in scorer.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(50, 13, len(ROW))).astype(np.float32)
    shared = rng.normal(size=(50, len(SHARED))).astype(np.float32)
    valid, base = rng.random((50, 13)) < 0.8, rng.normal(size=(50, 13)) * 10
    with torch.no_grad():
        wanted = scorer(*(torch.from_numpy(one) for one in (rows, shared, valid, base))).numpy()
    found = export(scorer, {"bid_factor": 1.0}).q(Observation(rows, shared, valid, base))
    assert np.abs(found - wanted)[valid].max() < 1e-5


def test_a_hundred_steps_of_fine_tuning_leave_networks_that_answer(city: City) -> None:
    settings = config(steps=100, check=50, starts=20, buffer=500, batch=16, demands=(0.5,))
    found = fine_tune(
        Scorer(64),
        city,
        settings,
        lambda *_: ShadowPrices.none(city.sites),
        seed=1,
        facts={"bid_factor": 1.0},
    )
    assert list(found) == ["dqn-50", "dqn-100"]
    assert not np.array_equal(found["dqn-50"].advantage[2].weight, found["dqn-100"].advantage[2].weight)


def test_a_fit_follows_the_rollouts(city: City) -> None:
    days, library = (Days.draw(city, "weekday", 2.5, count, seed=count) for count in (6, 10))
    rollouts = Rollouts(samples=2, slots=12, library=10, temperature=0.3)
    states = Collector(days, library, ShadowPrices.none(city.sites), 0.5, rollouts, seed=1).collect()
    scorer = fit(states, config().fit, seed=1)
    again = fit(states, config().fit, seed=1)
    network = export(scorer, {"bid_factor": 1.0})
    seen = Observation(states.rows, states.shared, states.valid, states.base)
    chosen = np.argmax(network.q(seen), axis=1)
    cheapest = np.argmin(np.where(states.valid, states.base, np.inf), axis=1)
    rows = np.arange(len(chosen))
    assert states.cost[rows, chosen].mean() < states.cost[rows, cheapest].mean()
    assert np.array_equal(export(again, {}).advantage[0].weight, network.advantage[0].weight)


def test_a_wrong_configuration_is_named(tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text("[split]\nfit_until = 2020-02-18\n")
    with pytest.raises(BadConfig, match="validate_until"):
        read_config(path)


def test_other_files_begin_other_stages(tmp_path: Path) -> None:
    """What was rolled out in one city is not taken up again for another."""
    files = own_files(tmp_path)
    settings = replace(config(), split=Split(date(2020, 2, 8), date(2020, 2, 10)))
    for _ in range(2):
        Pipeline(settings, files, seed=1, work=tmp_path / "work")
    assert len(list((tmp_path / "work").iterdir())) == 1
    files.prices.write_text(files.prices.read_text().replace(",100", ",200"))
    Pipeline(settings, files, seed=1, work=tmp_path / "work")
    assert len(list((tmp_path / "work").iterdir())) == 2


def test_files_without_a_session_to_validate_on_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = own_files(tmp_path)
    named = [f"--{name}" for name in ("sites", "sessions", "prices", "work")]
    paths = map(str, (files.sites, files.sessions[0], files.prices, tmp_path / "work"))
    arguments = [part for pair in zip(named, paths, strict=True) for part in pair]
    shipped = (CONFIGS / "hamburg.toml").read_text()
    (tmp_path / "config.toml").write_text(shipped.replace("2020-02-18", "2020-02-02"))
    assert main([*arguments, "--config", str(tmp_path / "config.toml")]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: no session of the days to fit belongs to a site"
    )
    (tmp_path / "config.toml").write_text(shipped.replace("2020-02-18", "not a date"))
    assert main([*arguments, "--config", str(tmp_path / "config.toml")]) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")
