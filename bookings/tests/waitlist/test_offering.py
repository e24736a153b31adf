"""Whatever frees a slot, the first in line whom it fits is offered it, and nobody else."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from accounts.models import Operator, User
from bookings.models import BLOCKING, Booking, CapacityGain
from bookings.services.answer import reject
from bookings.services.cancel import cancel, cancel_for_operator
from bookings.services.clock import expire_holds, fail_unanswered, mark_no_shows
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive, stop
from bookings.services.waitlist import offering
from bookings.services.waitlist.offering import offer_until, sweep_lines
from bookings.tests.waitlist.conftest import HOUR, NOW, TEN, Wait, offer, settle, state, told
from evbooking.core.ocpi import CanceledReason
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE, BookingTerms, Station
from stations.services.closures import cancel_closure, close
from stations.services.editing.evses import add_evse
from stations.services.editing.stations import update_station
from stations.services.fields import ConnectorFields
from stations.services.inhibits import inhibit, release
from tests.factories import make_booking, make_station, make_user

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_canceled_slot_is_offered_to_who_waits(taken: Booking, wait: Wait, driver: User) -> None:
    entry = wait()
    settle()
    assert (state(entry), told(entry)) == ("WAITING", ["joined"])
    cancel(taken, actor=driver, now=NOW)
    settle()
    entry.refresh_from_db()
    held = offer(entry)
    assert (entry.status, told(entry)) == ("OFFERED", ["joined", "offered"])
    assert (held.status, held.driver, held.evse, held.start, held.end) == (
        S.HELD,
        entry.driver,
        taken.evse,
        TEN,
        TEN + HOUR,
    )
    assert held.hold_expires_at == entry.offer_expires_at == NOW + 15 * MINUTE
    assert held.transitions.get().actor is None


def missed(booking: Booking, clock: time_machine.Traveller) -> None:
    clock.move_to(TEN + timedelta(minutes=15, seconds=1))
    mark_no_shows(TEN + timedelta(minutes=15, seconds=1))


def ran_out(booking: Booking, clock: time_machine.Traveller) -> None:
    Booking.objects.filter(pk=booking.pk).update(status=S.HELD, hold_expires_at=NOW)
    expire_holds(NOW)


def unanswered(booking: Booking, clock: time_machine.Traveller) -> None:
    Booking.objects.filter(pk=booking.pk).update(status=S.PENDING, answer_by=NOW)
    fail_unanswered(NOW)


def rejected(booking: Booking, clock: time_machine.Traveller) -> None:
    Booking.objects.filter(pk=booking.pk).update(status=S.PENDING, answer_by=TEN)
    reject(Booking.objects.get(pk=booking.pk), actor=booking.driver, now=NOW)


def moved(booking: Booking, clock: time_machine.Traveller) -> None:
    reschedule(booking, start=TEN + 4 * HOUR, end=TEN + 5 * HOUR, actor=booking.driver, now=NOW)


def left_early(booking: Booking, clock: time_machine.Traveller) -> None:
    clock.move_to(TEN)
    arrive(booking, actor=booking.driver, now=TEN)
    clock.move_to(TEN + HOUR / 12)
    stop(booking, actor=booking.driver, now=TEN + HOUR / 12)


def withdrawn(booking: Booking, clock: time_machine.Traveller) -> None:
    cancel_for_operator(booking, actor=booking.driver, now=NOW, reason=CanceledReason.FULL)


@pytest.mark.parametrize(
    "free",
    [missed, ran_out, unanswered, rejected, moved, left_early, withdrawn],
    ids=lambda free: free.__name__,
)
def test_every_end_of_a_booking_gives_its_slot_to_the_line(
    taken: Booking,
    wait: Wait,
    clock: time_machine.Traveller,
    free: Callable[[Booking, time_machine.Traveller], None],
) -> None:
    entry = wait(latest=TEN + HOUR, duration_minutes=30)
    settle()
    assert state(entry) == "WAITING"
    free(taken, clock)
    settle()
    assert state(entry) == "OFFERED"
    assert offer(entry).evse == taken.evse


def test_a_booking_that_ends_on_time_frees_nothing(
    taken: Booking, wait: Wait, clock: time_machine.Traveller
) -> None:
    wait(latest=TEN + 2 * HOUR, earliest=TEN + HOUR)
    CapacityGain.objects.all().delete()
    Booking.objects.filter(pk=taken.pk).update(status=S.FULFILLED, arrived_at=TEN)
    clock.move_to(TEN + HOUR)
    stop(Booking.objects.get(pk=taken.pk), actor=taken.driver, now=TEN + HOUR)
    settle()
    assert not CapacityGain.objects.exists()


def test_an_evse_that_comes_back_is_offered(evse: EVSE, owner: User, wait: Wait) -> None:
    inhibit(evse, cause="fault", actor=owner)
    entry = wait()
    settle()
    assert state(entry) == "WAITING"
    release(evse, cause="fault", actor=owner)
    settle()
    assert state(entry) == "OFFERED"


def test_a_new_evse_is_offered(taken: Booking, owner: User, site: Station, wait: Wait) -> None:
    entry = wait()
    settle()
    connector: ConnectorFields = {
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 16,
    }
    added = add_evse(site, connectors=[connector], actor=owner)
    settle()
    assert (state(entry), offer(entry).evse) == ("OFFERED", added)


def test_longer_hours_are_offered(site: Station, owner: User, wait: Wait) -> None:
    site.opening_times = {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 2, "period_begin": "14:00", "period_end": "20:00"}],
    }
    site.save()
    entry = wait()
    settle()
    assert state(entry) == "WAITING"
    update_station(site, actor=owner, opening_times={"twentyfourseven": True})
    settle()
    assert (state(entry), offer(entry).start) == ("OFFERED", TEN)


def test_a_closure_taken_back_is_offered(site: Station, owner: User, wait: Wait) -> None:
    closure = close(site, start=TEN, end=TEN + HOUR, reason="Works", actor=owner)
    entry = wait()
    settle()
    assert state(entry) == "WAITING"
    cancel_closure(closure, actor=owner)
    settle()
    assert state(entry) == "OFFERED"


def test_what_is_free_when_somebody_joins_is_theirs_at_once(evse: EVSE, wait: Wait) -> None:
    entry = wait(earliest=TEN, latest=TEN + 3 * HOUR)
    settle()
    assert (state(entry), offer(entry).start) == ("OFFERED", TEN)


def test_the_line_is_kept(taken: Booking, wait: Wait, driver: User, clock: time_machine.Traveller) -> None:
    entries = []
    for minute in range(3):
        clock.move_to(NOW + minute * MINUTE)
        entries.append(wait())
    cancel(taken, actor=driver, now=NOW + 3 * MINUTE)
    settle()
    assert [state(entry) for entry in entries] == ["OFFERED", "WAITING", "WAITING"]


def test_two_slots_go_to_the_first_two(taken: Booking, wait: Wait, driver: User, site: Station) -> None:
    later = make_booking(taken.evse, driver, start=TEN + HOUR, now=NOW)
    entries = [wait(latest=TEN + 2 * HOUR) for _ in range(3)]
    cancel(taken, actor=driver, now=NOW)
    cancel(later, actor=driver, now=NOW)
    settle()
    first, second, third = sorted(entries, key=lambda entry: (entry.joined_at, entry.pk))
    assert [state(one) for one in (first, second, third)] == ["OFFERED", "OFFERED", "WAITING"]
    assert (offer(first).start, offer(second).start) == (TEN, TEN + HOUR)


def test_who_comes_first_is_passed_over_while_nothing_fits_them(
    taken: Booking, wait: Wait, driver: User, clock: time_machine.Traveller
) -> None:
    make_booking(taken.evse, driver, start=TEN + HOUR, now=NOW)
    longer = wait(duration_minutes=120)
    clock.move_to(NOW + MINUTE)
    fitting = wait()
    cancel(taken, actor=driver, now=NOW + MINUTE)
    settle()
    assert (state(longer), state(fitting)) == ("WAITING", "OFFERED")


def test_who_has_too_many_bookings_is_passed_over(
    taken: Booking, wait: Wait, driver: User, stranger: User, clock: time_machine.Traveller
) -> None:
    BookingTerms.objects.update(max_open_bookings_per_driver=1)
    make_booking(taken.evse, stranger, start=TEN + 5 * HOUR, now=NOW)
    full = wait(stranger)
    clock.move_to(NOW + MINUTE)
    fitting = wait()
    cancel(taken, actor=driver, now=NOW + MINUTE)
    settle()
    assert (state(full), state(fitting)) == ("WAITING", "OFFERED")


def test_nobody_gets_what_they_let_go_themselves(taken: Booking, wait: Wait, driver: User) -> None:
    own = wait(driver)
    settle()
    cancel(taken, actor=driver, now=NOW)
    settle()
    assert state(own) == "WAITING"
    assert not Booking.objects.filter(status__in=BLOCKING).exists()


def test_who_let_it_go_first_does_not_get_it_after_the_next(
    taken: Booking, wait: Wait, driver: User, clock: time_machine.Traveller
) -> None:
    own, other = wait(driver), wait()
    cancel(taken, actor=driver, now=NOW)
    settle()
    clock.move_to(NOW + 15 * MINUTE)
    expire_holds(NOW + 15 * MINUTE)
    settle()
    assert (state(own), state(other)) == ("WAITING", "SKIPPED")


def test_who_moved_away_does_not_get_the_old_slot(taken: Booking, wait: Wait, driver: User) -> None:
    own = wait(driver)
    reschedule(taken, start=TEN + 4 * HOUR, end=TEN + 5 * HOUR, actor=driver, now=NOW)
    settle()
    assert state(own) == "WAITING"


def test_another_slot_than_the_one_let_go_is_offered(taken: Booking, wait: Wait, driver: User) -> None:
    own = wait(driver, latest=TEN + 3 * HOUR, earliest=TEN)
    cancel(taken, actor=driver, now=NOW)
    settle()
    assert (state(own), offer(own).start) == ("OFFERED", TEN + HOUR)


def test_it_is_known_who_let_go_before_any_event_is_told(taken: Booking, wait: Wait, driver: User) -> None:
    own = wait(driver)
    cancel(taken, actor=driver, now=NOW)
    assert sweep_lines(NOW) == 0
    assert state(own) == "WAITING"


def test_who_lost_it_to_the_station_gets_it_when_it_comes_back(
    taken: Booking, wait: Wait, driver: User, owner: User
) -> None:
    own = wait(driver)
    cancel_for_operator(taken, actor=owner, now=NOW, reason=CanceledReason.BROKEN_CHARGER)
    settle()
    assert state(own) == "OFFERED"


def test_nothing_is_offered_that_begins_in_a_moment(
    taken: Booking, wait: Wait, driver: User, clock: time_machine.Traveller
) -> None:
    entry = wait()
    clock.move_to(TEN - 9 * MINUTE)
    cancel(taken, actor=driver, now=TEN - 9 * MINUTE)
    settle()
    assert state(entry) == "WAITING"


def test_a_station_out_of_the_network_offers_nothing(taken: Booking, wait: Wait, operator: Operator) -> None:
    entry = wait()
    Station.objects.update(approval=Station.Approval.SUSPENDED)
    cancel(taken, actor=taken.driver, now=NOW)
    settle()
    assert state(entry) == "WAITING"


def test_where_nobody_waits_nothing_is_noted(taken: Booking, driver: User) -> None:
    cancel(taken, actor=driver, now=NOW)
    settle()
    assert not CapacityGain.objects.exists()


def test_a_line_that_fails_with_an_error_of_ours_keeps_no_other_from_being_swept(
    taken: Booking, wait: Wait, driver: User, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stations = offering.offer_slots, [taken.station, make_station(operator)]
    entries = {
        one.pk: wait(stations=[one], earliest=TEN + 2 * HOUR, latest=TEN + 3 * HOUR) for one in stations
    }
    broken, sound = sorted(entries)

    def offer_slots(station_id: UUID, *, now: datetime) -> int:
        if station_id == broken:
            raise ZeroDivisionError
        return whole(station_id, now=now)

    monkeypatch.setattr(offering, "offer_slots", offer_slots)
    assert sweep_lines(NOW) == 1
    assert (state(entries[broken]), state(entries[sound])) == ("WAITING", "OFFERED")


def test_of_one_wish_at_two_stations_one_is_offered(
    taken: Booking, wait: Wait, driver: User, site: Station
) -> None:
    second = make_station(site.operator)
    other = make_booking(second.evses.get(), make_user(), start=TEN, now=NOW)
    entry = wait(stations=[site, second])
    sibling = entry.__class__.objects.exclude(pk=entry.pk).get()
    cancel(taken, actor=driver, now=NOW)
    cancel(other, actor=other.driver, now=NOW)
    settle()
    assert sorted([state(entry), state(sibling)]) == ["OFFERED", "WAITING"]


@pytest.mark.parametrize(
    ("ahead", "lasting"),
    [
        (timedelta(minutes=119), 5 * MINUTE),
        (timedelta(hours=2), 15 * MINUTE),
        (timedelta(hours=12), HOUR),
        (timedelta(hours=48), 3 * HOUR),
    ],
)
def test_the_nearer_the_start_the_shorter_the_offer(ahead: timedelta, lasting: timedelta) -> None:
    assert offer_until(NOW + ahead, NOW) == NOW + lasting
