"""A station that closes while fifty drivers book it: nobody keeps a slot inside the closure."""

import pytest
from django.utils.dateparse import parse_datetime

from bookings.models import BLOCKING, Booking
from bookings.tests.races.conftest import World
from bookings.tests.races.crowd import CROWD, Answer, at_once, call, outcome
from evbooking.core.relay import relay
from stations.services.closures import close

pytestmark = pytest.mark.race


def test_every_hold_saw_the_closure_or_was_seen_by_it(world: World) -> None:
    world.add_evses(CROWD - 2)
    wish = {name: value for name, value in world.wish().items() if name != "evse_uid"}
    end = parse_datetime(wish["end"])
    assert end

    def closing() -> Answer:
        close(world.station, start=world.slot, end=end, reason="Works", actor=world.owner)
        return Answer(200, "", {})

    holds = [call(client, "post", "/api/v1/bookings", wish) for client in world.clients[1:]]
    answers = at_once([*holds[:10], closing, *holds[10:]])
    relay()
    assert set(outcome(answers)) <= {
        (200, ""),
        (201, ""),
        (422, "outside_opening_hours"),
        (409, "slot_taken"),
    }
    assert Booking.objects.count() == outcome(answers)[201, ""]
    assert not Booking.objects.filter(status__in=BLOCKING).exists()
