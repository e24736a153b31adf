"""A session's beginning and end: what is kept of it, who is told, and what cannot happen twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from charging.models import CDR, Session, SessionStatus, Token
from charging.services.bills import issue_cdr
from charging.services.sessions import stop_session
from charging.services.tokens import app_token_of
from charging.tests.conftest import START, Charge, Open
from evbooking.core.errors import WrongState
from evbooking.core.models import AuditEntry, DomainEvent

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def events() -> list[str]:
    return list(DomainEvent.objects.order_by("id").values_list("type", flat=True))


def test_a_session_begins_active_under_the_drivers_own_token(open_session: Open, driver: User) -> None:
    session = open_session()
    assert (session.status, session.kwh) == ("ACTIVE", Decimal(0))
    assert session.end is None
    assert (session.token, session.token.type) == (Token.objects.get(driver=driver), "APP_USER")
    assert events() == ["session.started"]
    assert AuditEntry.objects.get().action == "session.started"


def test_a_driver_has_one_token_of_the_app(driver: User, stranger: User) -> None:
    assert app_token_of(driver, now=START) == app_token_of(driver, now=START + HOUR)
    assert app_token_of(stranger, now=START).uid != app_token_of(driver, now=START).uid
    with pytest.raises(IntegrityError), transaction.atomic():
        Token.objects.create(driver=driver, created_at=START)


@pytest.mark.parametrize(
    ("minutes", "kwh", "dimensions"),
    [
        (0, "0", [["ENERGY", "TIME", "POWER"]]),
        (20, "3.667", [["ENERGY", "TIME", "POWER"]]),
        (60, "11", [["ENERGY", "TIME", "POWER"]]),
        (90, "11", [["ENERGY", "TIME", "POWER"], ["PARKING_TIME"]]),
    ],
)
def test_the_energy_is_what_the_time_gives_at_the_booked_power_and_never_more_than_booked(
    open_session: Open, minutes: int, kwh: str, dimensions: list[list[str]]
) -> None:
    session = open_session()
    end = START + timedelta(minutes=minutes)
    stop_session(session, end=end, actor=None, now=end)
    session.refresh_from_db()
    assert (session.status, session.end, session.kwh) == (SessionStatus.COMPLETED, end, Decimal(kwh))
    shown = [[one["type"] for one in period["dimensions"]] for period in session.charging_periods]
    assert shown == dimensions
    assert events() == ["session.started", "session.completed"]


def test_a_session_never_ends_before_it_began(open_session: Open) -> None:
    session = open_session()
    stop_session(session, end=START - HOUR, actor=None, now=START)
    assert (session.end, session.kwh) == (START, Decimal(0))


def test_what_is_over_is_not_stopped_again(open_session: Open) -> None:
    session = open_session()
    stale = Session.objects.get()
    stop_session(session, end=START + HOUR, actor=None, now=START + HOUR)
    with pytest.raises(WrongState):
        stop_session(stale, end=START + 2 * HOUR, actor=None, now=START + 2 * HOUR)
    assert Session.objects.get().end == START + HOUR
    assert events() == ["session.started", "session.completed"]


def test_a_booking_has_one_session(open_session: Open) -> None:
    open_session()
    with pytest.raises(IntegrityError), transaction.atomic():
        open_session()
    assert (Session.objects.count(), events()) == (1, ["session.started"])


def test_what_still_runs_has_no_bill(open_session: Open) -> None:
    with pytest.raises(WrongState):
        issue_cdr(open_session(), actor=None, now=START)
    assert not CDR.objects.exists()


def test_a_session_without_a_booking_is_billed_without_a_reservation(charge: Charge) -> None:
    cdr = charge(START + HOUR, booking_reference=None, reserved_from=None)
    assert (cdr.booking_reference, cdr.reserved_from, cdr.start) == (None, None, START)
    assert cdr.total_after_taxes == Decimal("5.50")
