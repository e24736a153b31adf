"""A generated year in the database: what is learned from it, what is promoted, what the next answer is."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import time_machine
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from bookings.ports import registered_ranker, use_ranker
from bookings.ranking.build import build_choice
from bookings.ranking.candidates import RankingRequest
from bookings.ranking.guard import rank_slots
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry
from scheduler_rl.checkpoints import load_network
from scheduler_rl.dataset import demand_history
from scheduler_rl.evaluation.judgement import Arena, judge
from scheduler_rl.kernel.shadow import fit_shadow_prices
from scheduler_rl.models import Artefact, Experiment, ModelRun, PolicyVersion, StationOutlook
from scheduler_rl.policies.network import Layer, Network
from scheduler_rl.rankers import DQNRanker
from scheduler_rl.selectors import active_version, candidate_version, content_of
from scheduler_rl.services.outlooks import refit_outlooks
from scheduler_rl.services.training import train_ranker
from scheduler_rl.services.versions import keep_trained, promote, put_on_trial, roll_back
from scheduler_rl.tests.operation.year import (
    DAYS,
    HISTORY_DAYS,
    HISTORY_STATIONS,
    NOW,
    make_stations,
    make_year,
)
from scheduler_rl.worlds.hamburg import Span
from scheduler_rl.worlds.history import History, regions
from stations.models import Station

pytestmark = pytest.mark.django_db
RANKER, State = PolicyVersion.Kind.RANKER, PolicyVersion.State


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stations() -> list[Station]:
    return make_stations(8)


@pytest.fixture
def history(stations: list[Station], driver: User) -> History:
    """A busy month, or with `make year` a busy year: 9 visits a day at two units."""
    stations += make_stations(HISTORY_STATIONS - len(stations))
    make_year(stations, driver, per_day=9.0, days=HISTORY_DAYS)
    return demand_history(NOW.date() - timedelta(days=HISTORY_DAYS), NOW.date() - timedelta(days=1))


def spoilt(network: Network, *, seed: int = 1) -> Network:
    """The same with noise where it had learned something: worse."""
    rng = np.random.default_rng(seed)
    last = network.advantage[-1]
    noisy = Layer((rng.normal(0, 1.0, last.weight.shape)).astype(np.float32), last.bias)
    return dataclasses.replace(network, advantage=(*network.advantage[:-1], noisy))


def arenas(history: History) -> list[Arena]:
    found = [one.city for one in regions(history, Span())]
    return [Arena(city, fit_shadow_prices(city, "weekday", 1.0, days=2, seed=1)) for city in found]


def test_demand_history_has_every_visit_where_and_when_it_was(stations: list[Station], driver: User) -> None:
    count = make_year(stations, driver, per_day=2.0)
    found = demand_history(NOW.date() - timedelta(days=DAYS), NOW.date() + timedelta(days=1))
    assert count > 5000
    assert len(found.site) == count
    assert sorted(found.station) == sorted(str(one.pk) for one in stations)
    assert found.capacity.tolist() == [2] * 8
    assert not found.dc.any()
    assert found.price == pytest.approx(np.full(96, 0.5))
    assert {float(stay) % 15 for stay in found.stay} == {0.0}
    summer = found.day == date(2026, 7, 1).toordinal()
    winter = found.day == date(2026, 11, 2).toordinal()
    assert summer.any() and winter.any()
    assert found.start[found.day > 0].max() < 24 * 60


def equal(one: History, other: History) -> bool:
    return all(
        np.array_equal(getattr(one, field.name), getattr(other, field.name))
        for field in dataclasses.fields(History)
    )


def test_the_same_visits_are_the_same_history_however_they_are_found(
    stations: list[Station], driver: User
) -> None:
    make_year(stations, driver, per_day=9.0, days=20)
    window = NOW.date() - timedelta(days=DAYS), NOW.date() + timedelta(days=1)
    before = demand_history(*window)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert equal(demand_history(*window), before)


def test_a_history_survives_the_way_to_another_process(history: History, tmp_path: Path) -> None:
    history.save(tmp_path / "history.npz")
    assert equal(History.load(tmp_path / "history.npz"), history)


def test_a_retrain_that_is_worse_is_not_promoted_and_a_better_one_is(history: History) -> None:
    shipped = load_network()
    bad = spoilt(shipped)
    before = active_version(RANKER)
    assert before
    ground = arenas(history)
    worse = keep_trained(bad.to_bytes(), judge(shipped, bad, ground, days=20), now=NOW)
    assert worse.state == State.REJECTED
    assert worse.metrics["gain_eur"]["mean"] + worse.metrics["gain_eur"]["ci95"] < 0
    assert active_version(RANKER) == before

    PolicyVersion.objects.filter(pk=before.pk).update(state=State.RETIRED)
    PolicyVersion.objects.filter(pk=worse.pk).update(state=State.ACTIVE, activated_at=NOW)
    PolicyVersion.objects.filter(pk=before.pk).delete()
    better = keep_trained(shipped.to_bytes(), judge(bad, shipped, ground, days=20), now=NOW)
    assert better.state == State.ACTIVE
    assert active_version(RANKER) == better
    worse.refresh_from_db()
    assert worse.state == State.RETIRED
    entry = AuditEntry.objects.get(action="policy.promote")
    assert (entry.actor, entry.after) == (None, {"active": str(better), "sha256": better.sha256})


def test_a_gain_whose_interval_reaches_zero_promotes_nobody() -> None:
    present = active_version(RANKER)
    kept = keep_trained(
        spoilt(load_network()).to_bytes(), {"gain_eur": {"mean": 0.02, "ci95": 0.02}}, now=NOW
    )
    assert kept.state == State.REJECTED
    assert active_version(RANKER) == present


def test_where_people_decide_a_better_one_waits_as_candidate(administrator: User) -> None:
    Experiment.objects.create(automatic=False)
    gain = {"gain_eur": {"mean": 0.2, "ci95": 0.1}}
    first = keep_trained(spoilt(load_network(), seed=1).to_bytes(), gain, now=NOW)
    second = keep_trained(spoilt(load_network(), seed=2).to_bytes(), gain, now=NOW)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.RETIRED, State.CANDIDATE)
    assert candidate_version(RANKER) == second
    promote(second, actor=administrator, now=NOW)
    assert active_version(RANKER) == second
    assert AuditEntry.objects.get(action="policy.promote").actor == administrator


def test_a_version_judged_against_one_that_answers_no_longer_waits_for_a_click(administrator: User) -> None:
    """Somebody went back while the training ran: its gain over the version gone says nothing of this one."""
    present = active_version(RANKER)
    assert present
    gain = {"gain_eur": {"mean": 0.2, "ci95": 0.1}}
    late = spoilt(load_network(), seed=1).to_bytes()
    waiting = keep_trained(late, gain | {"against": "0" * 64}, now=NOW)
    assert (waiting.state, active_version(RANKER)) == (State.CANDIDATE, present)
    assert waiting.reason == "Another version has come to answer since it was judged."
    in_time = spoilt(load_network(), seed=2).to_bytes()
    assert keep_trained(in_time, gain | {"against": present.sha256}, now=NOW).state == State.ACTIVE


def test_a_candidate_without_a_gain_cannot_be_promoted_and_no_stranger_rolled_back_to(
    administrator: User,
) -> None:
    present = active_version(RANKER)
    untried = put_on_trial(spoilt(load_network()).to_bytes(), now=NOW)
    with pytest.raises(WrongState):
        promote(untried, actor=administrator, now=NOW)
    with pytest.raises(WrongState):
        roll_back(untried, actor=administrator, now=NOW)
    assert active_version(RANKER) == present
    assert not AuditEntry.objects.filter(action__startswith="policy.").exists()


def test_roll_back_changes_the_next_answer(
    stations: list[Station], administrator: User, settings: Settings
) -> None:
    settings.EVB_RANKER_BUDGET_MS = 10_000
    before, ranker = registered_ranker(), DQNRanker()
    use_ranker(ranker)
    wanted = RankingRequest(53.55, 9.99, Decimal(22), NOW + timedelta(hours=2), NOW + timedelta(hours=8))
    choice = build_choice(wanted, connector="IEC_62196_T2", vehicle=None, now=NOW)
    try:
        first = rank_slots(wanted, choice, NOW)
        old = active_version(RANKER)
        assert old
        new = put_on_trial(
            spoilt(load_network()).to_bytes(), now=NOW, metrics={"gain_eur": {"mean": 1.0, "ci95": 0.1}}
        )
        promote(new, actor=administrator, now=NOW)
        other = rank_slots(wanted, choice, NOW)
        roll_back(old, actor=administrator, now=NOW)
        again = rank_slots(wanted, choice, NOW)
    finally:
        use_ranker(before)
    assert (first.version.split()[2], other.version.split()[2]) == (old.sha256, new.sha256)
    assert first == again
    assert [one.candidate for one in other.ranked] != [one.candidate for one in first.ranked]
    assert AuditEntry.objects.get(action="policy.roll_back").before == {"active": str(new)}


def test_the_database_refuses_bytes_that_are_not_their_sha256_and_a_second_active_version() -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError, match="artefact_is_its_sha256"), transaction.atomic():
        Artefact.objects.create(sha256="0" * 64, content=b"something", created_at=NOW)
    other = put_on_trial(spoilt(load_network()).to_bytes(), now=NOW)
    with pytest.raises(IntegrityError, match="policy_version_one_active"), transaction.atomic():
        PolicyVersion.objects.filter(pk=other.pk).update(state=State.ACTIVE, activated_at=NOW)


def test_the_nightly_refit_fits_every_station_in_a_process_of_its_own(
    stations: list[Station], driver: User
) -> None:
    make_year(stations, driver, per_day=4.0, days=30)
    run = refit_outlooks(now=NOW)
    assert (run.state, run.message.split(" from ")[0]) == (ModelRun.State.DONE, "8 stations")
    outlooks = StationOutlook.objects.all()
    assert outlooks.count() == 16
    assert sum(sum(one.demand) for one in outlooks.filter(kind="weekday")) == pytest.approx(32, rel=0.15)
    assert max(max(one.prices) for one in outlooks) > 0
    again = refit_outlooks(now=NOW)
    assert again.state == ModelRun.State.DONE
    assert outlooks.count() == 16


def test_without_the_ml_extra_the_task_says_so_and_the_present_version_stays(
    tmp_path: Path, settings: Settings
) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -I -S "$@"\n')
    bare.chmod(0o755)
    settings.EVB_ML_PYTHON = str(bare)
    present = active_version(RANKER)
    run = train_ranker(now=NOW)
    assert run.state == ModelRun.State.SKIPPED
    assert run.message == (
        "torch and stable_baselines3 and scipy not installed: pip install -r requirements/ml.txt. "
        "The present version stays."
    )
    assert active_version(RANKER) == present
    assert PolicyVersion.objects.filter(kind=RANKER).count() == 1


def test_a_year_with_too_few_visits_is_not_trained_on(stations: list[Station], driver: User) -> None:
    pytest.importorskip("torch", reason="the ml extra is not installed: no torch")
    make_year(stations[:1], driver, per_day=1.0, days=20)
    run = train_ranker(now=NOW)
    assert run.state == ModelRun.State.SKIPPED
    assert run.message.endswith("visits in a year; 500 are needed.")


def test_training_on_ones_own_history_gives_a_network_and_its_judgement(history: History) -> None:
    pytest.importorskip("torch", reason="the ml extra is not installed: no torch")
    from scheduler_rl.retrain import CONFIG
    from scheduler_rl.training.config import Rollouts, StateSet, read_config
    from scheduler_rl.training.own import TooLittle, retrain, split_of

    config = dataclasses.replace(
        read_config(CONFIG),
        states=(StateSet(demand=1, days=2, share=0.2),),
        rollouts=Rollouts(samples=2, slots=10, library=5, temperature=0.3),
    )
    config = dataclasses.replace(
        config,
        shadow=dataclasses.replace(config.shadow, days=2),
        fit=dataclasses.replace(config.fit, epochs=2),
        validation=dataclasses.replace(config.validation, days=5),
    )
    network, judgement = retrain(history, Network.from_bytes(content_of_active()), config, seed=1)
    assert network.facts["seed"] == 1
    assert set(judgement["policies"]) == {"greedy", "bid_price", "active", "candidate"}
    assert judgement["trained"]["until"] < judgement["validated"]["from"]
    before, after = split_of(history)
    assert before.last and after.first and before.last + timedelta(days=1) == after.first
    with pytest.raises(TooLittle, match="9 days"):
        split_of(dataclasses.replace(history, first_day=history.last_day - 8))


@pytest.mark.skipif(HISTORY_DAYS < DAYS, reason="minutes: make year")
def test_the_weekly_task_trains_on_a_whole_year_and_keeps_what_validation_says(history: History) -> None:
    pytest.importorskip("torch", reason="the ml extra is not installed: no torch")
    present = active_version(RANKER)
    run = train_ranker(now=NOW)
    assert run.state == ModelRun.State.DONE
    assert run.version
    gain = run.version.metrics["gain_eur"]
    better = gain["mean"] > gain["ci95"]
    assert run.version.state == (State.ACTIVE if better else State.REJECTED)
    assert active_version(RANKER) == (run.version if better else present)


def content_of_active() -> bytes:
    version = active_version(RANKER)
    assert version
    return content_of(version)
