"""Closures: maintenance windows of a station or an EVSE."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import User
from evbooking.core.errors import Invalid, WrongState
from stations.models import Closure, Station
from stations.services.closures import cancel_closure, close
from stations.tests.trace import event_data, events, last_audit, nothing_written
from tests import factories

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
START = NOW + timedelta(days=1)


@time_machine.travel(NOW, tick=False)
def test_a_closure_is_announced_with_its_period(station: Station, owner: User) -> None:
    closure = close(station, start=START, end=START + timedelta(hours=2), reason="New cable", actor=owner)
    data = event_data("station.closed")
    assert events() == [("station.closed", f"station:{station.pk}")]
    assert (data["closure"], data["start"], data["end"], data["reason"]) == (
        str(closure.pk),
        "2026-11-22T12:00:00Z",
        "2026-11-22T14:00:00Z",
        "New cable",
    )
    assert "evse_uid" not in data
    assert (last_audit().action, last_audit().target_id) == ("closure.add", str(closure.pk))


@time_machine.travel(NOW, tick=False)
def test_one_evse_can_be_closed_alone(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    close(station, evse=evse, start=START, end=START + timedelta(hours=2), reason="New cable", actor=owner)
    assert event_data("station.closed")["evse_uid"] == evse.uid


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (START, START, "end_before_start"),
        (NOW - timedelta(days=2), NOW, "in_the_past"),
        (START, START + timedelta(days=367), "range_too_long"),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_an_impossible_window_is_refused(
    station: Station, owner: User, start: datetime, end: datetime, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        close(station, start=start, end=end, reason="New cable", actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("end", code)]
    assert not Closure.objects.exists()
    assert nothing_written()


@time_machine.travel(NOW, tick=False)
def test_a_reason_and_an_own_evse_are_needed(station: Station, owner: User) -> None:
    foreign = factories.make_station().evses.all()[0]
    with pytest.raises(Invalid) as refused:
        close(station, evse=foreign, start=START, end=START + timedelta(hours=1), reason="", actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [
        ("evse_uid", "invalid"),
        ("reason", "required"),
    ]
    assert not Closure.objects.exists()


@time_machine.travel(NOW, tick=False)
def test_a_canceled_closure_stays_on_record(station: Station, owner: User) -> None:
    closure = close(station, start=START, end=START + timedelta(hours=2), reason="New cable", actor=owner)
    cancel_closure(closure, actor=owner)
    assert Closure.objects.get().canceled_at == NOW
    assert event_data("station.changed")["closure"] == str(closure.pk)
    with pytest.raises(WrongState):
        cancel_closure(closure, actor=owner)
    assert last_audit().action == "closure.cancel"


def test_a_closure_that_is_over_cannot_be_canceled(station: Station, owner: User) -> None:
    with time_machine.travel(NOW, tick=False):
        closure = close(station, start=START, end=START + timedelta(hours=2), reason="New cable", actor=owner)
    with time_machine.travel(START + timedelta(hours=2), tick=False), pytest.raises(WrongState):
        cancel_closure(closure, actor=owner)
    assert Closure.objects.get().canceled_at is None
