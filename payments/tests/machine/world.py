"""The world of the machine: what a driver, staff, the bank, Stripe's deliveries and the clocks do."""

import contextlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import httpx
import stripe
from time_machine import Traveller

from accounts.models import User
from bookings.models import Booking
from bookings.services import clock
from bookings.services.cancel import cancel
from bookings.services.hold import hold_slot
from bookings.services.reschedule import reschedule
from bookings.services.visit import arrive, stop
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr
from evbooking.core.errors import DomainError
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.core.relay import relay
from payments.models import Customer, Payment, Refund
from payments.sandbox.tests.running import SECRET, Running
from payments.sandbox.webhooks import signature
from payments.services.checkout import Checkout, start_checkout
from payments.services.disputes import sweep_disputes
from payments.services.intake import process_due, receive
from payments.services.refunds import refund_booking
from payments.services.settling import settle_due
from payments.services.sweeping import authorise_due, remind_failed, sweep_holds, sweep_payments
from payments.tests.machine.proof import check_end, check_security, reserved_at_stripe
from payments.tests.paying import answer_bank, confirm
from stations.models import Station
from stations.services.approval import reinstate, suspend

CLOCKS: Final[tuple[Callable[[datetime], object], ...]] = (
    lambda _: relay(),
    sweep_holds,
    clock.expire_holds,
    clock.fail_unanswered,
    clock.mark_no_shows,
    clock.complete_ended,
    process_due,
    sweep_payments,
    authorise_due,
    remind_failed,
    settle_due,
    sweep_disputes,
)


@dataclass
class World:
    """A driver with bookings at a station of two charge points."""

    running: Running
    traveller: Traveller
    station: Station
    driver: User
    now: datetime
    after: str | None
    bookings: list[Booking] = field(default_factory=list)
    checkouts: dict[str, Checkout] = field(default_factory=dict)

    def hold(self, hours: int) -> None:
        """A slot of an hour, so many whole hours from now."""
        start = (self.now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
        end = start + timedelta(hours=1)
        self.bookings.append(hold_slot(self.driver, station=self.station, start=start, end=end, now=self.now))

    def check_out(self, booking: Booking, *, saved: bool) -> None:
        """Ask to pay, perhaps with the card that is saved already."""
        card = self._saved_card() if saved else None
        done = start_checkout(booking, payment_method=card, return_url="http://localhost/back", now=self.now)
        self.checkouts[str(booking.reference)] = done

    def enter_card(self, booking: Booking, card: str, *, passes: bool) -> None:
        """The driver's browser; the bank's question, where there is one, is answered."""
        checkout = self.checkouts.get(str(booking.reference))
        if checkout is not None and confirm(self.running, checkout, card) == "requires_action":
            answer_bank(self.running, checkout, passed=passes)

    def cancel(self, booking: Booking) -> None:
        cancel(booking, actor=self.driver, now=self.now)

    def move(self, booking: Booking, minutes: int) -> None:
        """To the next hour, longer (dearer) or shorter (cheaper)."""
        start = booking.start + timedelta(hours=1)
        end = start + timedelta(minutes=minutes)
        reschedule(booking, start=start, end=end, actor=self.driver, now=self.now)

    def correct(self, booking: Booking, amount: Decimal) -> None:
        """Staff puts the bill right, down or up."""
        bill = bill_of_booking(booking.reference or "")
        if bill is not None:
            adjust_cdr(bill, amount=amount, reason="Counted wrong.", actor=None, now=self.now)

    def give_back(self, booking: Booking, amount: Decimal) -> None:
        """Staff gives something back."""
        money, reason = Money(amount, booking.currency), Refund.Reason.GOODWILL
        refund_booking(booking, amount=money, reason=reason, words="Sorry.", actor=self.driver, now=self.now)

    def suspend_station(self, administrator: User) -> None:
        """For a moment: all that is booked there and has not begun is canceled."""
        suspend(self.station, actor=administrator, reason="Unsafe.")
        relay()
        reinstate(self.station, actor=administrator)

    def dispute(self, booking: Booking) -> None:
        """The bank disputes what is left of a charge of the booking, once."""
        for payment in Payment.objects.filter(account__booking=booking, captured_amount__gt=0):
            charge = self.running.client().v1.charges.retrieve(payment.charge_id)
            if not charge.disputed and (left := charge.amount_captured - charge.amount_refunded):
                self.running.control(f"charges/{charge.id}/dispute", amount=left)
                return

    def bank_decides(self, outcome: str) -> None:
        """Every dispute that is open is won or lost."""
        disputes = self.running.client().v1.disputes.list({"limit": 100})
        for one in disputes.auto_paging_iter():
            if one.status in {"needs_response", "under_review"}:
                self.running.control(f"disputes/{one.id}/close", outcome=outcome)

    def plug_in(self, booking: Booking) -> None:
        arrive(booking, actor=self.driver, now=self.now)

    def leave(self, booking: Booking) -> None:
        stop(booking, actor=self.driver, now=self.now)

    def stay(self, booking: Booking) -> None:
        """The whole visit, an hour at its time, up to its bill; its money is due."""
        self.wait(booking.start - self.now)
        self.plug_in(Booking.objects.get(pk=booking.pk))
        self.wait(booking.end - booking.start)
        self.leave(Booking.objects.get(pk=booking.pk))
        relay()

    def visit(self, booking: Booking) -> None:
        """Come, stay, leave, and pay."""
        if booking.status == S.RESERVED:
            self.stay(booking)
            settle_due(self.now)

    def tell(self, order: Iterable[int]) -> None:
        """Stripe delivers the events of these numbers (counted round) in this order; the others are lost for ever."""
        events = self._new_events()
        self._deliver(events[number % len(events)] for number in order if events)

    def tell_all(self) -> None:
        """Stripe delivers all that is new, and it is worked off."""
        self._deliver(self._new_events())
        process_due(self.now)

    def fill_the_platforms_balance(self) -> None:
        """Money that is available at once, of a sale that is none of ours."""
        sale: Any = {
            "amount": 1_000_000,
            "currency": "eur",
            "payment_method": "pm_card_bypassPending",
            "payment_method_types": ["card"],
            "confirm": True,
        }
        self.running.client().v1.payment_intents.create(sale)

    def wait(self, span: timedelta) -> None:
        """Both clocks go on, ours and Stripe's."""
        self.now += span
        self.traveller.move_to(self.now)
        self.running.advance(int(span.total_seconds()))

    def tick(self, number: int) -> None:
        """One of the things that the clock does."""
        CLOCKS[number](self.now)

    def run_clocks(self) -> None:
        """Each clock, until none has anything left to do now; in minutes' steps, as retries wait a little."""
        for _ in range(3):
            for number in range(len(CLOCKS)):
                self.tick(number)
            self.wait(timedelta(minutes=3))

    def heal(self) -> None:
        """Nobody does anything any more, and no webhook comes: the clocks alone bring everything to its end."""
        httpx.delete(f"{self.running.url}/_sandbox/faults").raise_for_status()
        self.bank_decides("won")
        self.run_clocks()
        for instant in self._turning_points():
            if instant > self.now:
                self.wait(instant - self.now)
                self.run_clocks()

    def check(self) -> list[str]:
        """All that must hold at the end; how each booking ended."""
        return check_end(self.running, self.driver, self.now)

    def check_security(self) -> None:
        check_security(self.driver)

    def reserved_at_stripe(self) -> list[str]:
        """The intents of the driver for which a card still keeps money."""
        return reserved_at_stripe(self.running, self.driver)

    def _turning_points(self) -> list[datetime]:
        hour = timedelta(hours=1)
        around = (-48 * hour, -36 * hour, -12 * hour, hour / 2, hour, 2 * hour, 26 * hour)
        mine = Booking.objects.filter(driver=self.driver).values_list("start", flat=True)
        later = (2, 5, 13)  # days, when a card that refused is asked again
        points = {start + span for start in mine for span in around}
        points |= {start + timedelta(days=days) for start in (*mine, self.now) for days in later}
        return sorted(points)

    def _saved_card(self) -> str | None:
        customer = Customer.objects.filter(driver=self.driver).exclude(stripe_id=None).first()
        if customer is None:
            return None
        cards = self.running.client().v1.customers.payment_methods.list(str(customer.stripe_id))
        return cards.data[0].id if cards.data else None

    def _deliver(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            body = json.dumps(event)
            header = signature(body, SECRET, int(time.time()))
            receive(body.encode(), header, now=self.now)

    def _new_events(self) -> list[dict[str, Any]]:
        bounds: Any = {"limit": 100} | ({"ending_before": self.after} if self.after else {})
        page = self.running.client().v1.events.list(bounds)
        told = [json.loads(str(event)) for event in reversed(page.data)]
        self.after = told[-1]["id"] if told else self.after
        return told


def refused_or_done(act: Callable[[], object]) -> None:
    """What a driver asks for may be refused, by us or by Stripe at their browser; nothing else may happen to it."""
    with contextlib.suppress(DomainError, stripe.StripeError):
        act()
