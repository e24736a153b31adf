"""Approval: operators submit, administrators decide, each move once."""

from collections.abc import Callable

import pytest

from accounts.models import Operator, User
from evbooking.core.errors import Forbidden, Invalid, WrongState
from stations.models import ApprovalStep, BookingTerms, Station
from stations.services import approval
from stations.services.editing import remove_evse
from stations.tests.trace import audited, event_data, events, last_audit, nothing_written
from tests import factories

Decide = Callable[[Station, User], Station]
DECISIONS: dict[str, tuple[Decide, str, str, str]] = {
    "approve": (lambda s, a: approval.approve(s, actor=a), "SUBMITTED", "APPROVED", "station.approved"),
    "reject": (
        lambda s, a: approval.reject(s, actor=a, reason="No photo"),
        "SUBMITTED",
        "REJECTED",
        "station.rejected",
    ),
    "suspend": (
        lambda s, a: approval.suspend(s, actor=a, reason="Complaints"),
        "APPROVED",
        "SUSPENDED",
        "station.suspended",
    ),
    "reinstate": (lambda s, a: approval.reinstate(s, actor=a), "SUSPENDED", "APPROVED", "station.approved"),
}


@pytest.fixture
def draft(operator: Operator) -> Station:
    return factories.make_station(operator, approval="DRAFT")


def test_a_complete_draft_is_submitted(draft: Station, owner: User) -> None:
    assert approval.submit(draft, actor=owner).approval == "SUBMITTED"
    step = ApprovalStep.objects.get(station=draft)
    assert (step.from_state, step.to_state, step.actor) == ("DRAFT", "SUBMITTED", owner)
    assert events() == [("station.submitted", f"station:{draft.pk}")]
    assert event_data("station.submitted")["before"] == {"approval": "DRAFT"}
    assert last_audit().after == {"approval": "SUBMITTED"}


def test_a_rejected_station_is_submitted_again(draft: Station, owner: User, administrator: User) -> None:
    approval.submit(draft, actor=owner)
    approval.reject(draft, actor=administrator, reason="No photo")
    assert approval.submit(draft, actor=owner).approval == "SUBMITTED"
    assert ApprovalStep.objects.filter(station=draft).count() == 3


def test_what_a_station_lacks_is_named_all_at_once(operator: Operator, owner: User) -> None:
    bare = factories.make_station(operator, approval="DRAFT", evses=0)
    Station.objects.filter(pk=bare.pk).update(tariff=None)
    BookingTerms.objects.filter(station=bare).delete()
    with pytest.raises(Invalid) as refused:
        approval.submit(bare, actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [
        ("evses", "required"),
        ("tariff", "required"),
        ("booking_terms", "required"),
    ]
    bare.refresh_from_db()
    assert bare.approval == "DRAFT"
    assert nothing_written()


def test_an_evse_without_connector_is_not_enough(operator: Operator, owner: User) -> None:
    bare = factories.make_station(operator, approval="DRAFT")
    bare.evses.get().connectors.all().delete()
    with pytest.raises(Invalid) as refused:
        approval.submit(bare, actor=owner)
    assert [e.field for e in refused.value.field_errors] == ["evses"]


@pytest.mark.parametrize("state", ["SUBMITTED", "APPROVED", "SUSPENDED"])
def test_only_drafts_and_rejected_ones_are_submitted(operator: Operator, owner: User, state: str) -> None:
    station = factories.make_station(operator, approval=state)
    with pytest.raises(WrongState):
        approval.submit(station, actor=owner)
    station.refresh_from_db()
    assert station.approval == state
    assert nothing_written()


@pytest.mark.parametrize("name", DECISIONS)
def test_an_administrator_decides(operator: Operator, administrator: User, name: str) -> None:
    decide, source, to, event = DECISIONS[name]
    station = factories.make_station(operator, approval=source)
    assert decide(station, administrator).approval == to
    station.refresh_from_db()
    assert station.approval == to
    assert events() == [(event, f"station:{station.pk}")]
    assert ApprovalStep.objects.get(station=station).to_state == to
    assert last_audit().actor_id == administrator.pk


@pytest.mark.parametrize("name", DECISIONS)
def test_nobody_else_decides(operator: Operator, owner: User, name: str) -> None:
    decide, source, _, _ = DECISIONS[name]
    station = factories.make_station(operator, approval=source)
    with pytest.raises(Forbidden):
        decide(station, owner)
    station.refresh_from_db()
    assert station.approval == source
    assert nothing_written()


@pytest.mark.parametrize(
    ("name", "state"),
    [
        (name, str(state))
        for name, (_, source, _, _) in DECISIONS.items()
        for state in Station.Approval
        if state != source
    ],
)
def test_a_decision_in_the_wrong_state_changes_nothing(
    operator: Operator, administrator: User, name: str, state: str
) -> None:
    station = factories.make_station(operator, approval=state)
    with pytest.raises(WrongState):
        DECISIONS[name][0](station, administrator)
    station.refresh_from_db()
    assert station.approval == state
    assert nothing_written()


@pytest.mark.parametrize(
    ("reason", "code"), [("  ", "required"), ("x" * 501, "too_long_text"), ("\x00", "invalid")]
)
def test_a_refusal_needs_its_reason(operator: Operator, administrator: User, reason: str, code: str) -> None:
    station = factories.make_station(operator, approval="SUBMITTED")
    with pytest.raises(Invalid) as refused:
        approval.reject(station, actor=administrator, reason=reason)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("reason", code)]
    station.refresh_from_db()
    assert station.approval == "SUBMITTED"


def test_a_station_that_lost_its_evse_since_is_not_approved(
    draft: Station, owner: User, administrator: User
) -> None:
    approval.submit(draft, actor=owner)
    remove_evse(draft.evses.get(), actor=owner)
    with pytest.raises(WrongState, match="no longer complete"):
        approval.approve(draft, actor=administrator)
    draft.refresh_from_db()
    assert draft.approval == "SUBMITTED"
    assert audited() == ["station.submitted", "evse.remove"]
