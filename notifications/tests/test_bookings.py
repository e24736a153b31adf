"""From what happens to a booking or a station to who is told what."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Operator, User
from bookings.services.cancel import cancel, cancel_for_operator
from bookings.services.clock import expire_holds, mark_no_shows
from bookings.services.confirm import confirm
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import CanceledReason
from evbooking.core.relay import relay
from notifications.models import Notification, Prompt
from notifications.services.prompts import say_prompts
from notifications.tests.conftest import berlin
from stations.models import EVSE, Station
from stations.services import approval
from stations.services.inhibits import inhibit
from tests.factories import make_booking, make_station

pytestmark = pytest.mark.django_db
NOW = berlin("2026-12-01 10:00")


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def told(kind: str) -> set[tuple[str, str]]:
    """Who was told of this kind, by which channel."""
    relay()
    return set(Notification.objects.filter(kind=kind).values_list("recipient__name", "channel"))


def title_of(kind: str) -> str:
    return str(Notification.objects.filter(kind=kind).latest("created_at").title)


def booked(station: Station, driver: User, *, hours: int = 3) -> Any:
    start = NOW + timedelta(hours=hours)
    held = hold_slot(driver, station=station, start=start, end=start + timedelta(hours=1), now=NOW)
    booking = confirm(held, actor=driver, now=NOW)
    booking.refresh_from_db()
    return booking


def test_a_hold_and_its_confirmation_are_told_to_the_driver_and_a_booking_to_the_station(
    station: Station, driver: User, staff: User
) -> None:
    booked(station, driver)
    assert told("booking_held") == {("Dana Driver", "inbox")}
    assert told("booking_reserved") == {("Dana Driver", "inbox"), ("Dana Driver", "email")}
    assert told("owner_booking") == {("Otto Owner", "inbox"), ("Stina Staff", "inbox")}
    reserved = Notification.objects.get(kind="booking_reserved", channel="email")
    assert reserved.title == f"Reserved: {station.name}, Tue 1 Dec 13:00–14:00"
    assert reserved.data["reference"] in reserved.path


def test_nobody_else_is_told(station: Station, driver: User, stranger: User, rival: User) -> None:
    booked(station, driver)
    relay()
    assert not Notification.objects.filter(recipient__in=[stranger, rival]).exists()


def test_a_booking_that_waits_for_an_answer_asks_the_station(
    operator: Operator, driver: User, owner: User
) -> None:
    booked(make_station(operator, terms={"approval_required": True}), driver)
    assert ("Dana Driver", "email") in told("booking_pending")
    assert title_of("owner_booking").startswith("Your answer is wanted")


def test_a_hold_that_ran_out_is_told(station: Station, driver: User, _clock: Any) -> None:
    start = NOW + timedelta(hours=3)
    hold_slot(driver, station=station, start=start, end=start + timedelta(hours=1), now=NOW)
    _clock.shift(timedelta(minutes=11))
    expire_holds(NOW + timedelta(minutes=11))
    assert told("hold_expired") == {("Dana Driver", "inbox")}


def test_a_driver_who_cancels_reads_by_you_and_the_station_by_the_driver(
    station: Station, driver: User
) -> None:
    cancel(booked(station, driver), actor=driver, now=NOW)
    assert ("Dana Driver", "email") in told("booking_canceled")
    texts = dict(
        Notification.objects.filter(
            kind__in=("booking_canceled", "owner_cancellation"), channel="inbox"
        ).values_list("kind", "text")
    )
    assert "is canceled by you." in texts["booking_canceled"]
    assert "is canceled by the driver." in texts["owner_cancellation"]


def test_a_lost_slot_has_no_price_in_the_message(station: Station, driver: User) -> None:
    cancel(booked(station, driver), actor=driver, now=NOW)
    relay()
    told_of = {one.kind: one.data for one in Notification.objects.filter(recipient=driver)}
    assert told_of["booking_reserved"]["price"] == {"amount": "5.50", "currency": "EUR"}
    assert told_of["booking_canceled"]["price"] is None


def test_a_cancellation_by_the_operator_says_so_and_why(station: Station, driver: User, owner: User) -> None:
    cancel_for_operator(
        booked(station, driver),
        actor=owner,
        now=NOW,
        reason=CanceledReason.BROKEN_CHARGER,
        words="The cable is gone.",
    )
    relay()
    text = Notification.objects.get(kind="booking_canceled", channel="inbox").text
    assert text.endswith("is canceled by the operator. The cable is gone.")
    own = Notification.objects.filter(kind="owner_cancellation", channel="inbox").first()
    assert own is not None
    assert "by your team" in own.text


def test_a_moved_booking_says_where_it_was(station: Station, driver: User) -> None:
    booking = booked(station, driver)
    start = NOW + timedelta(hours=5)
    reschedule(booking, start=start, end=start + timedelta(hours=1), actor=driver, now=NOW)
    relay()
    moved = Notification.objects.get(kind="booking_changed", channel="email")
    assert moved.title == f"Moved: {station.name}, Tue 1 Dec 15:00–16:00"
    assert moved.data["before"]["start"] == "2026-12-01T12:00:00Z"


def reserved_at(station: Station, driver: User, text: str, **more: Any) -> Any:
    evse = station.evses.earliest("uid")
    return make_booking(evse, driver, start=berlin(text), **more)


def test_each_prompt_is_said_once_at_its_time(station: Station, driver: User, _clock: Any) -> None:
    reserved_at(station, driver, "2026-12-02 12:00", now=berlin("2026-11-20 12:00"))
    said: dict[str, str] = {}
    for minutes in range(0, 27 * 60, 5):
        moment = NOW + timedelta(minutes=minutes)
        _clock.move_to(moment)
        if say_prompts(moment):
            said[DomainEvent.objects.latest("pk").type] = moment.strftime("%d %H:%M")
    assert said == {
        "booking.reminder_day": "01 12:00",
        "booking.reminder_hour": "02 11:00",
        "booking.slot_ready": "02 11:50",
        "booking.no_show_warned": "02 12:10",
    }
    assert Prompt.objects.count() == 4
    assert ("Dana Driver", "email") in told("reminder_day")
    assert told("noshow_warned") == {("Dana Driver", "inbox"), ("Dana Driver", "email")}


def test_who_books_shortly_before_is_not_reminded_of_it(station: Station, driver: User) -> None:
    reserved_at(station, driver, "2026-12-01 12:00", now=berlin("2026-12-01 09:59"))
    assert say_prompts(NOW) == 0
    assert say_prompts(berlin("2026-12-01 11:00")) == 1


def test_a_moved_booking_is_reminded_of_its_new_time(station: Station, driver: User) -> None:
    booking = reserved_at(station, driver, "2026-12-02 09:00", now=berlin("2026-11-20 12:00"))
    assert say_prompts(NOW) == 1
    later, end = berlin("2026-12-04 09:00"), berlin("2026-12-04 10:00")
    type(booking).objects.filter(pk=booking.pk).update(start=later, end=end, blocked_until=end)
    assert say_prompts(berlin("2026-12-03 09:00")) == 1


@pytest.mark.parametrize("status", ["HELD", "PENDING", "CANCELED", "FULFILLED"])
def test_only_a_reserved_booking_is_prompted(status: str, station: Station, driver: User) -> None:
    reserved_at(station, driver, "2026-12-01 10:30", status=status, now=berlin("2026-11-20 12:00"))
    assert say_prompts(NOW) == 0


def test_nobody_is_called_to_a_charger_that_is_out_of_service(
    station: Station, driver: User, owner: User
) -> None:
    booking = reserved_at(station, driver, "2026-12-01 10:10", now=berlin("2026-11-20 12:00"))
    EVSE.objects.filter(pk=booking.evse_id).update(inhibits=["fault"])
    assert say_prompts(NOW) == 0
    EVSE.objects.filter(pk=booking.evse_id).update(inhibits=[])
    assert say_prompts(NOW) == 1
    assert DomainEvent.objects.get().type == "booking.slot_ready"


def test_a_missed_slot_is_told(station: Station, driver: User) -> None:
    reserved_at(station, driver, "2026-12-01 08:00", now=berlin("2026-11-20 12:00"))
    mark_no_shows(NOW)
    assert told("noshow_marked") == {("Dana Driver", "inbox"), ("Dana Driver", "email")}


def test_a_submission_is_told_to_its_people_and_to_the_administrators(
    operator: Operator, owner: User, administrator: User
) -> None:
    station = make_station(operator, approval=Station.Approval.DRAFT)
    approval.submit(station, actor=owner)
    assert told("admin_queue") == {("Ada Admin", "inbox"), ("Ada Admin", "email")}
    assert told("station_submitted") == {("Otto Owner", "inbox"), ("Otto Owner", "email")}
    approval.reject(station, actor=administrator, reason="The address is not complete.")
    assert ("Otto Owner", "email") in told("station_rejected")
    assert (
        Notification.objects.filter(kind="station_rejected")
        .first()
        .text.endswith("The address is not complete.")
    )


def test_a_fault_is_told_and_maintenance_is_not(station: Station, owner: User) -> None:
    evse = station.evses.earliest("uid")
    inhibit(evse, cause="maintenance", actor=owner)
    assert told("owner_fault") == set()
    other = station.evses.latest("uid")
    inhibit(other, cause="fault", actor=None)
    assert ("Otto Owner", "email") in told("owner_fault")
