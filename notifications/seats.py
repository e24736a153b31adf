"""A person's place in a thread, and by what names the sides know each other: never by an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.models import User
from bookings.models import Booking
from bookings.presentation.staff import short_name
from notifications.models import Post, Side, Thread
from stations.models import Station

PLATFORM: Final = "evbooking"
LEFT: Final = "A driver who has left"
YOU: Final = "You"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a thread is, or would be, about; `driver` is None for an approval."""

    about: Thread.About
    station: Station
    booking: Booking | None = None
    driver: User | None = None

    @classmethod
    def of_booking(cls, booking: Booking) -> Subject:
        return cls(Thread.About.BOOKING, booking.station, booking, booking.driver)

    @classmethod
    def of_station(cls, station: Station, driver: User) -> Subject:
        return cls(Thread.About.STATION, station, None, driver)

    @classmethod
    def of_approval(cls, station: Station) -> Subject:
        return cls(Thread.About.APPROVAL, station)


@dataclass(frozen=True, slots=True)
class Seat:
    """On which side a person takes part in a thread; `selectors.threads` gives it to those who may."""

    thread: Thread
    user: User
    side: Side

    @property
    def other_side(self) -> Side:
        return self.thread.other_side(self.side)


def writer_of(post: Post, seat: Seat) -> str:
    """Who wrote a post, as this reader may know them; needs the author loaded."""
    if post.author_id == seat.user.pk:
        return YOU
    return side_name(seat.thread, Side(post.side), post.author, reader=seat.side)


def side_name(thread: Thread, side: Side, author: User | None, *, reader: Side) -> str:
    """Nordstrom Charging (Stina) for others, Stina S. among colleagues, Dana D., evbooking (Ada)."""
    if side == Side.DRIVER:
        return driver_name(author)
    house = PLATFORM if side == Side.ADMINISTRATOR else thread.operator.name
    if author is None or not author.name.strip():
        return house
    return short_name(author) if reader == side else f"{house} ({first_name(author)})"


def driver_name(driver: User | None) -> str:
    return LEFT if driver is None or driver.deleted_at else short_name(driver)


def first_name(person: User) -> str:
    return person.name.split()[0]


def facing_name(thread: Thread, side: Side) -> str:
    """What this side calls the other one as a whole."""
    match thread.other_side(side):
        case Side.DRIVER:
            return driver_name(thread.driver)
        case Side.OPERATOR:
            return thread.operator.name
        case _:
            return PLATFORM
