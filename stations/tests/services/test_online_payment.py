"""Promising payment online: only where somebody takes payments, and takes them for this operator."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Operator, User
from evbooking.core.errors import Invalid
from stations import ports
from stations.models import BookingTerms, Station
from stations.services.editing import set_terms
from stations.services.editing.terms import new_terms
from stations.tests.trace import event_data, nothing_written

Asked = list[tuple[Operator, str | None]]
NOT_READY = Invalid.one("payment", "payments_not_ready", "Finish the account with Stripe first.")


@pytest.fixture(autouse=True)
def _own_guard() -> Iterator[None]:
    """What the tests register is undone."""
    kept = ports.online_payment_guard()
    yield
    ports.guard_online_payment(kept)


@pytest.fixture
def asked() -> Asked:
    """A guard that lets everybody pass, and what it was asked."""
    seen: Asked = []
    ports.guard_online_payment(lambda operator, currency: seen.append((operator, currency)))
    return seen


def refuse(operator: Operator, currency: str | None) -> None:
    raise NOT_READY


def stored(station: Station) -> tuple[str, int]:
    terms = BookingTerms.objects.get(station=station)
    return terms.payment, terms.buffer_minutes


def test_an_operator_that_can_be_paid_may_ask_for_it(station: Station, owner: User, asked: Asked) -> None:
    online: dict[str, Any] = {"payment": "ONLINE", "security": "DEPOSIT", "deposit_amount": Decimal(5)}
    terms = set_terms(station, actor=owner, **online)
    assert (terms.payment, terms.security, terms.deposit_amount) == ("ONLINE", "DEPOSIT", Decimal(5))
    assert asked == [(station.operator, "EUR")]
    assert event_data("station.changed")["after"] == {
        "payment": "ONLINE",
        "security": "DEPOSIT",
        "deposit_amount": "5",
    }


def test_only_the_change_to_online_is_asked_about(station: Station, owner: User, asked: Asked) -> None:
    set_terms(station, actor=owner, payment="ON_SITE", buffer_minutes=10)
    set_terms(station, actor=owner, payment="ONLINE")
    ports.guard_online_payment(refuse)
    set_terms(station, actor=owner, payment="ONLINE", buffer_minutes=20)
    set_terms(station, actor=owner, buffer_minutes=30)
    assert stored(station) == ("ONLINE", 30)
    assert len(asked) == 1


def test_a_station_without_a_tariff_has_no_currency(station: Station, owner: User, asked: Asked) -> None:
    Station.objects.update(tariff=None)
    set_terms(station, actor=owner, payment="ONLINE")
    assert asked == [(station.operator, None)]


def test_an_operator_that_cannot_be_paid_hears_what_is_missing(station: Station, owner: User) -> None:
    ports.guard_online_payment(refuse)
    with pytest.raises(Invalid) as refused:
        set_terms(station, actor=owner, payment="ONLINE", buffer_minutes=10)
    assert refused.value.errors == NOT_READY.errors
    assert stored(station) == ("ON_SITE", 0)
    assert nothing_written()


def test_what_else_is_wrong_is_told_with_it(station: Station, owner: User) -> None:
    ports.guard_online_payment(refuse)
    with pytest.raises(Invalid) as refused:
        set_terms(station, actor=owner, payment="ONLINE", late_cancel_share=101)
    assert [error.code for error in refused.value.errors] == ["out_of_range", "payments_not_ready"]


def test_where_nobody_takes_payments_none_is_promised(station: Station, owner: User) -> None:
    ports.guard_online_payment(None)
    with pytest.raises(Invalid) as refused:
        set_terms(station, actor=owner, payment="ONLINE")
    assert [(error.field, error.code) for error in refused.value.errors] == [("payment", "invalid")]
    assert stored(station) == ("ON_SITE", 0)
    assert nothing_written()


def test_terms_of_many_stations_at_once_are_paid_on_site(station: Station, asked: Asked) -> None:
    with pytest.raises(Invalid) as refused:
        new_terms(station, payment="ONLINE")
    assert [(error.field, error.code) for error in refused.value.errors] == [("payment", "invalid")]
    assert asked == []


def test_the_api_names_the_field_and_the_remedy(
    api: Callable[[User | None], APIClient], station: Station, owner: User
) -> None:
    ports.guard_online_payment(refuse)
    url = f"/api/v1/operator/stations/{station.pk}"
    answer = api(owner).patch(url, {"booking_terms": {"payment": "ONLINE"}}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "payments_not_ready")
    assert answer.json()["errors"][0]["field"] == "booking_terms.payment"
    assert answer.json()["detail"] == "Finish the account with Stripe first."
    assert stored(station) == ("ON_SITE", 0)
