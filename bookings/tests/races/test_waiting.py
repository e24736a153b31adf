"""Who need not wait for whom."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from bookings.services.telling import tell_changed_statuses
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import at_once
from tests.factories import make_booking

pytestmark = pytest.mark.race


def test_a_relay_that_tells_of_an_evse_keeps_no_hold_of_it_waiting(world: World) -> None:
    def refer_to_the_evse() -> list[tuple[int]]:
        """As the foreign key of a new booking does, but with an error instead of a wait."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM stations_evse WHERE id = %s FOR KEY SHARE NOWAIT", [world.wanted.pk]
            )
            rows: list[tuple[int]] = cursor.fetchall()
            return rows

    tell_changed_statuses(world.slot - timedelta(hours=1))
    make_booking(world.wanted, world.drivers[0], start=world.slot)
    with transaction.atomic():
        assert tell_changed_statuses(world.slot) == 1
        assert at_once([refer_to_the_evse]) == [[(1,)]]
