"""The database connection ends at any moment of checkout, of hearing what came of it, and of settling."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.db import DatabaseError, close_old_connections

from bookings.models import Booking
from evbooking.core.models import DomainEvent
from payments.models import LedgerTransaction, Payment
from payments.services.settling import settle_due
from payments.services.sync import sync_payment
from payments.tests.faults.losing import cut_everywhere, losing_the_database
from payments.tests.machine.world import World
from payments.tests.paying import VISA

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)
NewWorld = Callable[..., World]


def test_a_visit_is_paid_once_though_the_database_is_lost_before_every_statement(new_world: NewWorld) -> None:
    world = new_world()
    world.hold(4)
    booking = world.bookings[0]

    assert cut_everywhere(lambda: world.check_out(booking, saved=False)) > 10
    payment = Payment.objects.get()
    assert intents(world) == [payment.stripe_id]
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("HELD", "processing")

    world.enter_card(booking, VISA, passes=True)
    assert cut_everywhere(lambda: sync_payment(payment, now=world.now)) > 10
    booking.refresh_from_db()
    assert (booking.status, booking.payment_status) == ("RESERVED", "secured")
    assert DomainEvent.objects.filter(type="payment.secured").count() == 1

    world.stay(booking)
    later = (world.now + hours * HOUR for hours in count())  # what was interrupted is put off for a while
    assert cut_everywhere(lambda: settle_due(next(later))) > 20
    world.run_clocks()
    assert world.check() == ["COMPLETED captured"]
    assert Payment.objects.get().captured_amount == Decimal("5.50")
    assert LedgerTransaction.objects.filter(kind="CAPTURE").count() == 1


def test_lost_anywhere_in_a_first_checkout_the_second_goes_on_with_its_payment(new_world: NewWorld) -> None:
    world = new_world()
    for after in count():
        world.hold(4)
        booking = world.bookings[-1]
        with losing_the_database(after) as was_lost, suppress(DatabaseError):
            world.check_out(booking, saved=False)
        close_old_connections()
        world.check_out(booking, saved=False)
        assert Payment.objects.filter(account__booking=booking).count() == 1
        world.cancel(Booking.objects.get(pk=booking.pk))
        if not was_lost():
            break
    assert after > 10
    assert len(intents(world)) == after + 1
    world.run_clocks()
    assert set(world.check()) == {"CANCELED none"}


def intents(world: World) -> list[str]:
    page = world.running.client().v1.payment_intents.list({"limit": 100})
    return [intent.id for intent in page.data]
