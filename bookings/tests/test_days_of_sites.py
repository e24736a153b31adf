"""A day in a list of bookings is the site's own, at the ends of the earth as well."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from accounts.models import User
from bookings.models import Booking
from bookings.selectors.bookings import bookings_of, filtered
from tests.factories import make_booking, make_station

DAY = date(2026, 12, 2)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Adak", "Europe/Berlin"])
def test_a_day_is_from_midnight_to_midnight_of_the_site(driver: User, zone: str) -> None:
    station = make_station(time_zone=zone)
    midnight = datetime(2026, 12, 2, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    hours = (-1, 0, 23, 24)
    made = [
        make_booking(station.evses.get(), driver, start=midnight + timedelta(hours=hour)) for hour in hours
    ]
    found = filtered(bookings_of(driver), start_from=DAY, start_before=DAY + timedelta(days=1))
    assert set(found) == {made[1], made[2]}


def test_a_day_is_looked_up_by_the_index_on_starts(driver: User) -> None:
    """The site's date alone would be computed for every booking of the driver there ever was."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # which a table of a few rows is read by
    plan = filtered(Booking.objects.filter(driver=driver), start_from=DAY, start_before=DAY).explain()
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert "start >=" in condition
    assert "start <" in condition
