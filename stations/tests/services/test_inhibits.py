"""Inhibit causes: a set that several hands write."""

import pytest

from accounts.models import User
from evbooking.core.errors import Invalid, WrongState
from stations.models import EVSE, Station
from stations.services.editing import remove_evse
from stations.services.inhibits import inhibit, release
from stations.tests.trace import audited, event_data, events, last_audit, nothing_written


@pytest.fixture
def evse(station: Station) -> EVSE:
    return station.evses.all()[0]


def test_the_first_cause_takes_the_evse_out_of_service(evse: EVSE, owner: User) -> None:
    inhibit(evse, cause="operator", actor=owner, reason="Painting the bay")
    evse.refresh_from_db()
    assert evse.inhibits == ["operator"]
    assert not EVSE.objects.bookable().filter(pk=evse.pk).exists()
    assert events() == [("evse.out_of_service", f"evse:{evse.uid}"), ("evse.status", f"evse:{evse.uid}")]
    assert event_data("evse.status") == {
        "station_id": str(evse.station_id),
        "evse_uid": evse.uid,
        "before": {"inhibits": [], "status": "AVAILABLE"},
        "after": {"inhibits": ["operator"], "status": "INOPERATIVE"},
        "reason": "Painting the bay",
        "actor": str(owner.pk),
    }
    assert (last_audit().action, last_audit().reason) == ("evse.inhibit", "Painting the bay")


def test_clearing_one_cause_never_clears_another(evse: EVSE, owner: User) -> None:
    inhibit(evse, cause="operator", actor=owner)
    inhibit(evse, cause="fault", actor=None)
    release(evse, cause="operator", actor=owner)
    evse.refresh_from_db()
    assert evse.inhibits == ["fault"]
    assert [type_ for type_, _ in events()] == ["evse.out_of_service", "evse.status", "evse.status"]


def test_the_last_cause_released_brings_it_back(evse: EVSE, owner: User) -> None:
    inhibit(evse, cause="fault", actor=None)
    release(evse, cause="fault", actor=owner)
    evse.refresh_from_db()
    assert evse.inhibits == []
    assert [type_ for type_, _ in events()][2:] == ["evse.in_service", "evse.status"]
    assert event_data("evse.in_service")["after"] == {"inhibits": [], "status": "AVAILABLE"}


def test_a_second_cause_of_the_same_status_is_no_change_of_status(evse: EVSE, owner: User) -> None:
    inhibit(evse, cause="operator", actor=owner)
    since = EVSE.objects.get(pk=evse.pk).status_since
    inhibit(evse, cause="weather", actor=owner)
    assert EVSE.objects.get(pk=evse.pk).status_since == since
    assert [type_ for type_, _ in events()] == ["evse.out_of_service", "evse.status"]
    assert audited() == ["evse.inhibit", "evse.inhibit"]


def test_a_cause_that_is_there_already_or_not_there_changes_nothing(evse: EVSE, owner: User) -> None:
    release(evse, cause="fault", actor=owner)
    assert nothing_written()
    inhibit(evse, cause="fault", actor=owner)
    inhibit(evse, cause="fault", actor=owner)
    assert audited() == ["evse.inhibit"]


def test_an_unknown_cause_is_refused(evse: EVSE, owner: User) -> None:
    with pytest.raises(Invalid) as refused:
        inhibit(evse, cause="boredom", actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("cause", "invalid")]
    assert nothing_written()


def test_a_removed_evse_has_no_more_causes(evse: EVSE, owner: User) -> None:
    remove_evse(evse, actor=owner)
    with pytest.raises(WrongState):
        inhibit(evse, cause="fault", actor=owner)
    assert audited() == ["evse.remove"]


@pytest.mark.parametrize(
    ("causes", "status"),
    [
        (["fault", "offline", "operator"], "OUTOFORDER"),
        (["maintenance", "offline"], "INOPERATIVE"),
        (["weather"], "INOPERATIVE"),
        (["offline"], "UNKNOWN"),
    ],
)
def test_the_status_follows_the_gravest_cause(
    evse: EVSE, owner: User, causes: list[str], status: str
) -> None:
    for cause in causes:
        inhibit(evse, cause=cause, actor=owner)
    assert event_data("evse.out_of_service")["station_id"] == str(evse.station_id)
    last = [event for event in events() if event[0] == "evse.status"]
    assert last
    assert (last_audit().after or {})["status"] == status
