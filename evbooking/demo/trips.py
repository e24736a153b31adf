"""Which bookings are really paid in the demo: who, where, when, with which test card, and what becomes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from django.db.models import QuerySet

from accounts.models import User
from evbooking.demo.people import Driver
from stations.models import BookingTerms, Station

VISA: Final = "pm_card_visa"
DECLINED: Final = "pm_card_visa_chargeDeclined"
DISPUTED: Final = "pm_card_createDispute"
USUAL: Final = (VISA, VISA, "pm_card_mastercard", "pm_card_visa_debit", "pm_card_de")
_DAYS: Final = 14
_PAYERS: Final = 10


class Course(StrEnum):
    """What becomes of a booking once it is paid for."""

    VISIT = "visit"
    EARLY_END = "early end"
    NO_SHOW = "no-show"
    CANCELED = "canceled in time"
    GOODWILL = "visit, then a part is given back"


@dataclass(frozen=True, slots=True)
class Trip:
    """A wish: about `start`, booked `ahead` of it; with `declined` another card was tried first."""

    driver: Driver
    station: Station
    start: datetime
    ahead: timedelta
    card: str
    course: Course = Course.VISIT
    declined: bool = False


def trips(now: datetime, seed: int) -> list[Trip]:
    """Some thirty of the last two weeks and a few of the coming days, as a seed repeats them."""
    random = Random(f"trips-{seed}")  # noqa: S311 - chance to be repeated, no secret
    payers, stations = _payers(), _stations()
    return [*_of_the_demo_driver(random, stations, now), *_of_others(random, payers, stations, now)]


def _of_others(
    random: Random, payers: list[Driver], stations: list[Station], now: datetime
) -> Iterator[Trip]:
    courses = [Course.VISIT] * 12 + [Course.EARLY_END] * 2 + [Course.CANCELED] * 2
    for course in [*courses, Course.NO_SHOW, Course.GOODWILL]:
        yield _trip(random, random.choice(payers), random.choice(stations), _past(random, now), course=course)
    for card, declined in ((DISPUTED, False), (VISA, True)):
        start = _past(random, now)
        yield _trip(
            random, random.choice(payers), random.choice(stations), start, card=card, declined=declined
        )
    for days in (1, 1, 2, 3):
        yield _trip(random, random.choice(payers), random.choice(stations), _on_day(random, now, days))


def _of_the_demo_driver(random: Random, stations: list[Station], now: datetime) -> Iterator[Trip]:
    """Paid in every way, and what each leads to: receipts, a refund, a release, a saved card."""
    driver = _driver(User.objects.get(email="driver@example.org"))
    by_security = {station.terms.security: station for station in stations}
    usual = by_security[BookingTerms.Security.AUTHORISATION]
    yield _trip(random, driver, usual, _on_day(random, now, -9))
    yield _trip(random, driver, usual, _on_day(random, now, -6), course=Course.CANCELED)
    for security in (BookingTerms.Security.PREPAYMENT, BookingTerms.Security.DEPOSIT):
        if station := by_security.get(security):
            yield _trip(random, driver, station, _on_day(random, now, -4))
            yield _trip(random, driver, station, _on_day(random, now, -3), course=Course.CANCELED)
    yield _trip(random, driver, usual, _on_day(random, now, 2))
    yield Trip(driver, usual, _on_day(random, now, 6), timedelta(days=7), VISA)


def _trip(
    random: Random,
    driver: Driver,
    station: Station,
    start: datetime,
    *,
    card: str = "",
    course: Course = Course.VISIT,
    declined: bool = False,
) -> Trip:
    ahead = timedelta(hours=random.uniform(5, 60))
    return Trip(driver, station, start, ahead, card or random.choice(USUAL), course, declined)


def _past(random: Random, now: datetime) -> datetime:
    return _on_day(random, now, -random.randint(2, _DAYS))


def _on_day(random: Random, now: datetime, days: int) -> datetime:
    """In the hours when every kind of station is open."""
    day = (now + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(minutes=15 * random.randrange(4 * 8, 4 * 16))


def _stations() -> list[Station]:
    """Paid online, and without an answer of the operator to wait for."""
    found: QuerySet[Station] = Station.objects.public().filter(
        terms__payment=BookingTerms.Payment.ONLINE, terms__approval_required=False
    )
    return list(found.select_related("terms", "operator").order_by("source_id"))


def _payers() -> list[Driver]:
    users = User.objects.filter(email__endswith="@demo.example").order_by("email")
    return [_driver(user) for user in users[:_PAYERS]]


def _driver(user: User) -> Driver:
    return Driver(user, user.vehicles.earliest("pk"))
