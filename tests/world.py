"""One small, complete world: everything the API's operations and the pages can be asked about."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Invitation, Membership, Operator, User
from bookings.forms.slot import SlotValue
from bookings.links import offer_path
from bookings.models import Booking, LaterDate, WaitlistEntry
from bookings.services.calendars import renew_feed
from bookings.services.visit import arrive, stop
from charging.models import CDR
from charging.selectors import session_id_of
from evbooking.core.ocpi import ConnectorType, ReservationStatus
from payments.ledger import post_bill
from payments.models import StripeEvent
from payments.services.documents import issue_for_cdr
from payments.tests.bills import make_account
from payments.tests.ledger.making import captured, disputed
from scheduler_rl.models import PolicyVersion
from stations.models import Closure, ParkingPlace, Station, StationImage, Tariff, TariffVersion
from tests import conversing, factories, told
from tests.partners import make_webhook
from tests.second_factors import add_second_factors

NOW = datetime(2026, 12, 1, 7, 50, tzinfo=UTC)


@dataclass(frozen=True)
class World:
    """`people` by the part they play; `ids` are what the placeholders of paths and bodies stand for."""

    people: dict[str, User]
    ids: dict[str, str]


def make_world() -> World:
    """Build it in an empty database, with the clock at NOW."""
    people = _people()
    operator = factories.make_operator("Nordstrom Charging", owner=people["owner"])
    for part, role in (("staff", Membership.Role.STAFF), ("colleague", Membership.Role.MANAGER)):
        Membership.objects.create(operator=operator, user=people[part], role=role)
    rivals = factories.make_operator("Other Charging", owner=people["rival"])
    tariff = _tariff(operator)
    many = {"max_open_bookings_per_driver": 50}
    station = factories.make_station(
        operator, evses=2, tariff=tariff, terms=many, name="Harbour", slug="harbour"
    )
    ids = {f"{part}_user": str(user.pk) for part, user in people.items()}
    ids |= {"operator": str(operator.pk), "rival_operator": str(rivals.pk)}
    ids |= {"tariff": str(tariff.pk), "slug": station.slug, "slot": _free_slot(station)}
    ids["passkey"] = str(add_second_factors(people["secured"]).pk)
    ids |= _suspended() | _stations(station, operator, tariff) | _things(station)
    ids |= _bookings(station, people["driver"]) | _billed_session(station, people["driver"])
    ids |= _personal(people["driver"], operator, people) | _stripe_event()
    ids |= _series(station, people["driver"])
    ids |= _place_in_line(station, people["driver"]) | _calendar(people["driver"])
    ids |= told.make_told(people["driver"], NOW)
    ids |= conversing.make_conversations(people, ids, NOW)
    ids |= make_webhook(operator, NOW)
    ids["policy"] = str(PolicyVersion.objects.get(kind="ranker").pk)
    return World(people, ids)


def _people() -> dict[str, User]:
    parts = ("driver", "stranger", "owner", "staff", "colleague", "rival", "newcomer", "secured")
    people = {part: factories.make_user(f"{part}@example.com", name=part.title()) for part in parts}
    people["administrator"] = factories.make_user("admin@example.com", name="Ada", is_staff=True)
    people["closed"] = factories.make_user("closed@example.com", is_active=False)
    return people


def _tariff(operator: Operator) -> Tariff:
    """With a second version in force, so that the first can be restored."""
    tariff = factories.make_tariff(operator)
    tariff.current = TariffVersion.objects.create(
        tariff=tariff, number=2, document=factories.ENERGY_TARIFF | {"idle_grace_minutes": 10}
    )
    tariff.save()
    return tariff


def _suspended() -> dict[str, str]:
    operator = factories.make_operator("Closed Charging")
    Operator.objects.filter(pk=operator.pk).update(status=Operator.Status.SUSPENDED)
    return {"suspended_operator": str(operator.pk)}


def _stations(station: Station, operator: Operator, tariff: Tariff) -> dict[str, str]:
    """The public one, and one in each state that somebody can move it from."""
    states = {"draft": Station.Approval.DRAFT, "submitted": Station.Approval.SUBMITTED}
    states["suspended"] = Station.Approval.SUSPENDED
    made = {
        name: str(factories.make_station(operator, tariff=tariff, approval=state).pk)
        for name, state in states.items()
    }
    return {"station": str(station.pk), **{f"{name}_station": pk for name, pk in made.items()}}


def _things(station: Station) -> dict[str, str]:
    spare = factories.make_evse(station)
    place = ParkingPlace.objects.create(station=station, physical_reference="P1")
    image = StationImage.objects.create(station=station, file="none.jpg", alt="none", width=1, height=1)
    start = NOW + timedelta(days=1)
    closure = Closure.objects.create(
        station=station, evse=spare, start=start, end=start + timedelta(hours=1), reason="Works"
    )
    return {
        "uid": spare.uid,
        "place": str(place.pk),
        "image": str(image.pk),
        "closure": str(closure.pk),
    }


def _bookings(station: Station, driver: User) -> dict[str, str]:
    """One booking of the driver in each state that somebody can move it from, each on its own EVSE."""
    wanted: dict[str, tuple[str, timedelta]] = {
        "held": (ReservationStatus.HELD, timedelta(hours=2)),
        "pending": (ReservationStatus.PENDING, timedelta(hours=6)),
        "reserved": (ReservationStatus.RESERVED, timedelta(hours=4)),
        "arriving": (ReservationStatus.RESERVED, timedelta(minutes=10)),
        "missed": (ReservationStatus.RESERVED, -timedelta(minutes=40)),
        "charging": (ReservationStatus.FULFILLED, -timedelta(minutes=30)),
    }
    return {name: _booking(station, driver, *how) for name, how in wanted.items()}


def _booking(station: Station, driver: User, status: str, ahead: timedelta) -> str:
    more: dict[str, Any] = {"answer_by": NOW + timedelta(hours=1)} if status == "PENDING" else {}
    booking = factories.make_booking(
        factories.make_evse(station), driver, start=NOW + ahead, status=status, now=NOW, **more
    )
    return str(Booking.objects.get(pk=booking.pk).reference)


@transaction.atomic
def _billed_session(station: Station, driver: User) -> dict[str, str]:
    """A visit of yesterday, paid online, from plugging in to the bill and its invoice."""
    start = NOW - timedelta(days=1)
    booking = factories.make_booking(factories.make_evse(station), driver, start=start)
    arrive(booking, actor=driver, now=start)
    stop(booking, actor=driver, now=start + timedelta(minutes=30))
    dispute = disputed(captured(make_account(booking), "2.75"), "2.75")
    document = issue_for_cdr(CDR.objects.get(booking_reference=booking.reference), now=NOW)
    post_bill(CDR.objects.get(booking_reference=booking.reference), fee_share=Decimal(5))
    return {
        "billed": str(booking.reference),
        "session": str(session_id_of(str(booking.reference))),
        "document": document.number if document else "",
        "dispute": str(dispute.pk),
    }


def _series(station: Station, driver: User) -> dict[str, str]:
    """A slot of the driver's on two Thursdays, at an EVSE of its own, and a third that waits to be booked."""
    first = NOW.replace(day=10, hour=15, minute=0)
    series = factories.make_series(factories.make_evse(station), driver, first=first, now=NOW)
    later = LaterDate.objects.create(
        series=series, occurrence=first + timedelta(weeks=2), most_amount=9, currency="EUR", created_at=NOW
    )
    return {
        "series": str(series.pk),
        "of_series": str(series.bookings.earliest("start").reference),
        "later_date": f"{later.occurrence:%Y-%m-%d}",
    }


def _place_in_line(station: Station, driver: User) -> dict[str, str]:
    """The driver is offered a slot on the waiting list."""
    start = NOW + timedelta(hours=8)
    entry = WaitlistEntry.objects.create(
        driver=driver,
        station=station,
        earliest=start,
        latest=start + timedelta(hours=1),
        duration_minutes=60,
        status=WaitlistEntry.Status.OFFERED,
        offer_expires_at=NOW + timedelta(minutes=10),
        joined_at=NOW,
        last_updated=NOW,
    )
    evse = factories.make_evse(station)
    offer = factories.make_booking(
        evse, driver, start=start, status=ReservationStatus.HELD, now=NOW, origin=entry
    )
    return {"offered": str(entry.pk), "offer_token": offer_path(offer).rstrip("/").rsplit("/", 1)[1]}


def _calendar(driver: User) -> dict[str, str]:
    """The driver's private feed."""
    feed, token = renew_feed(driver, now=NOW)
    return {"calendar_feed": str(feed.pk), "calendar_address": token}


def _stripe_event() -> dict[str, str]:
    """One that was given up on."""
    event = StripeEvent.objects.create(
        id="evt_dead",
        type="charge.refunded",
        object_id="ch_1",
        livemode=False,
        payload={},
        state=StripeEvent.State.DEAD,
        attempts=12,
        last_error="Traceback\nTimeoutError: Stripe did not answer",
        next_attempt_at=NOW,
        received_at=NOW,
    )
    return {"stripe_event": event.pk}


def _free_slot(station: Station) -> str:
    """What the button of a free slot sends."""
    evse = station.evses.earliest("uid")
    return str(SlotValue(NOW.replace(hour=12, minute=0), ConnectorType.IEC_62196_T2, evse.uid))


def _personal(driver: User, operator: Operator, people: dict[str, User]) -> dict[str, str]:
    vehicle = factories.make_vehicle(driver)
    invitation = Invitation.objects.create(
        operator=operator, email=people["stranger"].email, role="staff", invited_by=people["owner"]
    )
    return {
        "vehicle": str(vehicle.pk),
        "invitation": str(invitation.pk),
        "invitation_token": invitation.token,
    }
