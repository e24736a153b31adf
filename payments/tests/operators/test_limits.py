"""What the plans limit: on every way to one more, for all who want the last place at once, never what is there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Invitation, Membership, Operator, User
from accounts.services.members import accept, invite
from evbooking.core.models import AuditEntry
from payments.errors import PlanLimit
from payments.plans import limits_in_words, limits_of
from payments.services.plans import grant_plan
from payments.tests.operators.conftest import NOW
from stations.models import Station
from stations.services.editing import create_station
from stations.tests.services.test_races import at_once
from tests import factories

PLACE: dict[str, Any] = {
    "name": "Harbour",
    "address": "Am Kai 1",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": 53.5,
    "longitude": 9.9,
    "time_zone": "Europe/Berlin",
}


@pytest.fixture(autouse=True)
def _paying(settings: Settings) -> None:
    """There is a provider, so plans can be bought and limits hold."""
    settings.EVB_PAYMENTS = True


def with_stations(operator: Operator, count: int) -> Operator:
    for _ in range(count):
        factories.make_station(operator)
    return operator


def test_the_free_plan_has_room_for_three_stations(operator: Operator, owner: User) -> None:
    with_stations(operator, 2)
    create_station(operator, actor=owner, **PLACE)
    before = AuditEntry.objects.count()
    with pytest.raises(PlanLimit) as refused:
        create_station(operator, actor=owner, **PLACE)
    assert refused.value.detail == (
        "The Free plan has room for 3 stations. An owner can change to Pro under Money, Plan."
    )
    assert (operator.stations.count(), AuditEntry.objects.count()) == (3, before)


def test_who_has_more_keeps_it(operator: Operator, owner: User) -> None:
    with_stations(operator, 5)
    with pytest.raises(PlanLimit):
        create_station(operator, actor=owner, **PLACE)
    assert operator.stations.count() == 5


def test_the_api_says_so_in_its_code(operator: Operator, owner: User, api: Any) -> None:
    with_stations(operator, 3)
    client: APIClient = api(owner)
    answer = client.post("/api/v1/operator/stations", PLACE, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "plan_limit")
    assert operator.stations.count() == 3


def test_the_page_says_so_above_its_form(operator: Operator, owner: User, client: Any) -> None:
    with_stations(operator, 3)
    client.force_login(owner)
    answer = client.post("/operator/stations/new/", {**PLACE, "operator": str(operator.pk)})
    assert answer.status_code == 422
    assert operator.stations.count() == 3


def test_pro_has_no_limit(operator: Operator, owner: User) -> None:
    with_stations(operator, 3)
    grant_plan(operator, granted=True, actor=None, now=NOW)
    create_station(operator, actor=owner, **PLACE)
    assert operator.stations.count() == 4


def test_where_nobody_can_pay_nothing_is_limited(operator: Operator, owner: User, settings: Settings) -> None:
    settings.EVB_PAYMENTS = False
    with_stations(operator, 3)
    create_station(operator, actor=owner, **PLACE)
    assert limits_of(operator).members is None


def test_open_invitations_count_as_people(operator: Operator, owner: User) -> None:
    now = datetime.now(UTC)
    for name in ("one", "two"):
        invite(operator, actor=owner, email=f"{name}@example.com", role="staff", now=now)
    with pytest.raises(PlanLimit):
        invite(operator, actor=owner, email="three@example.com", role="staff", now=now)
    invite(operator, actor=owner, email="two@example.com", role="manager", now=now)  # renewed, not one more
    assert Invitation.objects.count() == 2


def test_an_invitation_from_better_days_waits_for_room(operator: Operator, owner: User, staff: User) -> None:
    Membership.objects.create(operator=operator, user=factories.make_user(), role="staff")
    guest = factories.make_user("guest@example.com")
    invitation = Invitation.objects.create(
        operator=operator, email=guest.email, role="staff", invited_by=owner
    )
    with pytest.raises(PlanLimit):
        accept(invitation, user=guest, now=datetime.now(UTC))
    invitation.refresh_from_db()
    assert (invitation.accepted_at, operator.memberships.count()) == (None, 3)


def test_limits_are_said_in_words(operator: Operator) -> None:
    assert limits_in_words(limits_of(operator)) == [
        "3 stations",
        "3 people, open invitations included",
        "1 webhook",
        "12 months of statements",
    ]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_ten_who_want_the_last_place_one_gets_it(operator: Operator, owner: User) -> None:
    with_stations(operator, 2)
    said = at_once([lambda: create_station(operator, actor=owner, **PLACE)] * 10)
    assert sorted(said) == ["", *["plan_limit"] * 9]
    assert Station.objects.filter(operator=operator).count() == 3
