"""Money under random lives: whatever drivers, banks, webhooks, clocks and dying workers do, it adds up at the end."""

import itertools
import os
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
import time_machine
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.tests.machine.killing import Killed, dying
from payments.tests.machine.world import CLOCKS, World, refused_or_done
from payments.tests.paying import (
    ALWAYS_ASKS,
    ASKS_UNLESS_SAVED,
    DECLINED,
    MASTERCARD,
    NOW,
    POOR,
    SAVED_BUT_EMPTY,
    VISA,
)
from stations.models import BookingTerms
from tests.factories import make_station, make_user

CARDS = (VISA, VISA, MASTERCARD, DECLINED, POOR, ASKS_UNLESS_SAVED, ALWAYS_ASKS, SAVED_BUT_EMPTY)
DIES = st.one_of(st.none(), st.none(), st.integers(0, 8))
WHICH = st.integers(0, 9)
HOURS = st.sampled_from([1, 3, 30, 7 * 24])
BEGUN = ("", "held", "paid", "paid", "visited", "visited")
EXAMPLES = int(os.environ.get("EVB_MACHINE_EXAMPLES", "12"))


class Money(RuleBasedStateMachine):
    """One driver's life with bookings paid online, by the security that is drawn for the station."""

    new_world: ClassVar[Callable[[str], World]]
    administrator: ClassVar[User]
    world: World

    @initialize(
        security=st.sampled_from(BookingTerms.Security.values), hours=HOURS, begun=st.sampled_from(BEGUN)
    )
    def begin(self, security: str, hours: int, begun: str) -> None:
        """Most lives begin with a booking, so that what comes then has something to work upon."""
        self.world = type(self).new_world(security)
        if begun == "held":
            self.holds(hours, None)
        elif begun:
            self.books_and_pays(hours, VISA)
            self._do(self.world.tell_all, None)
        if begun == "visited":
            self.comes_and_pays(0)

    @rule(hours=HOURS, dies=DIES)
    @precondition(lambda self: len(self.world.bookings) < 3)
    def holds(self, hours: int, dies: int | None) -> None:
        self._do(lambda: self.world.hold(hours), dies)

    @rule(hours=HOURS, card=st.sampled_from(CARDS))
    @precondition(lambda self: len(self.world.bookings) < 3)
    def books_and_pays(self, hours: int, card: str) -> None:
        """The usual way in one step, so that lives get far."""
        self._do(lambda: self.world.hold(hours), None)
        last = len(self.world.bookings) - 1
        self._with(last, lambda booking: self.world.check_out(booking, saved=False), None)
        self._with(last, lambda booking: self.world.enter_card(booking, card, passes=True), None)

    @rule(which=WHICH, saved=st.booleans(), dies=DIES)
    def checks_out(self, which: int, saved: bool, dies: int | None) -> None:
        self._with(which, lambda booking: self.world.check_out(booking, saved=saved), dies)

    @rule(which=WHICH, card=st.sampled_from(CARDS), passes=st.booleans())
    def enters_a_card(self, which: int, card: str, passes: bool) -> None:
        self._with(which, lambda booking: self.world.enter_card(booking, card, passes=passes), None)

    @rule(which=WHICH, dies=DIES)
    def cancels(self, which: int, dies: int | None) -> None:
        self._with(which, self.world.cancel, dies)

    @rule(which=WHICH, minutes=st.sampled_from([30, 60, 120]), dies=DIES)
    def moves(self, which: int, minutes: int, dies: int | None) -> None:
        self._with(which, lambda booking: self.world.move(booking, minutes), dies)

    @rule(which=WHICH, dies=DIES)
    def plugs_in(self, which: int, dies: int | None) -> None:
        self._with(which, self.world.plug_in, dies)

    @rule(which=WHICH, dies=DIES)
    def leaves(self, which: int, dies: int | None) -> None:
        self._with(which, self.world.leave, dies)

    @rule(which=WHICH)
    def comes_and_pays(self, which: int) -> None:
        """A whole visit in one step, so that something is there to be corrected and disputed."""
        self._with(which, self.world.visit, None)

    @rule(
        which=WHICH, amount=st.sampled_from([Decimal("-1.10"), Decimal("2.00"), Decimal("-5.50")]), dies=DIES
    )
    def staff_corrects_the_bill(self, which: int, amount: Decimal, dies: int | None) -> None:
        self._with(which, lambda booking: self.world.correct(booking, amount), dies)

    @rule(which=WHICH, amount=st.sampled_from([Decimal("0.70"), Decimal("5.50")]), dies=DIES)
    def staff_gives_back(self, which: int, amount: Decimal, dies: int | None) -> None:
        self._with(which, lambda booking: self.world.give_back(booking, amount), dies)

    @rule(which=WHICH)
    def the_bank_disputes(self, which: int) -> None:
        self._with(which, self.world.dispute, None)

    @rule(outcome=st.sampled_from(["won", "lost"]))
    def the_bank_decides(self, outcome: str) -> None:
        self._do(lambda: self.world.bank_decides(outcome), None)

    @rule()
    @precondition(lambda self: self.world.bookings)
    def the_station_is_suspended_for_a_moment(self) -> None:
        self._do(lambda: self.world.suspend_station(type(self).administrator), None)

    @rule(order=st.lists(st.integers(0, 30), max_size=8), dies=DIES)
    def stripe_tells(self, order: list[int], dies: int | None) -> None:
        """Some events, some of them twice, in any order; the rest is lost."""
        self._do(lambda: self.world.tell(order), dies)

    @rule(number=st.integers(0, len(CLOCKS) - 1), dies=DIES)
    def clock_ticks(self, number: int, dies: int | None) -> None:
        self._do(lambda: self.world.tick(number), dies)

    @rule(minutes=st.sampled_from([1, 6, 11, 55, 300, 2 * 1440]))
    def time_passes(self, minutes: int) -> None:
        self.world.wait(timedelta(minutes=minutes))

    @rule(when=st.sampled_from(["before", "after"]), status=st.sampled_from([429, 500]))
    def stripe_stumbles(self, when: str, status: int) -> None:
        """The next request fails, before or after its work was done."""
        fault = {"target": "api", "kind": "error", "status": status, "when": when, "times": 2}
        self.world.running.control("faults", **fault)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.heal()
            for end in self.world.check():
                event(end)

    def _with(self, which: int, act: Callable[[Any], None], dies: int | None) -> None:
        bookings = self.world.bookings
        if bookings:
            booking = bookings[which % len(bookings)]
            booking.refresh_from_db()
            self._do(lambda: act(booking), dies)

    def _do(self, act: Callable[[], None], dies: int | None) -> None:
        try:
            with dying(dies):
                refused_or_done(act)
        except Killed:
            pass
        self.world.check_security()


@pytest.mark.django_db(transaction=True)
def test_money_adds_up_whatever_happens(
    own_sandbox: Running, ready_operator: OperatorAccount, administrator: User
) -> None:
    serial = itertools.count()
    with time_machine.travel(NOW, tick=True) as traveller:
        clock = [NOW]

        def new_world(security: str) -> World:
            """Later than the last one, since Stripe's clock does not go back."""
            clock[0] = worlds[-1].now if worlds else clock[0]
            terms = {"payment": "ONLINE", "security": security, "deposit_amount": 2, "noshow_fee_amount": 3}
            station = make_station(ready_operator.operator, evses=2, terms={**terms, "late_cancel_share": 50})
            driver = make_user(f"machine{next(serial)}@example.org")
            latest = own_sandbox.client().v1.events.list({"limit": 1}).data
            after = latest[0].id if latest else None
            worlds.append(World(own_sandbox, traveller, station, driver, clock[0], after))
            worlds[-1].fill_the_platforms_balance()
            return worlds[-1]

        worlds: list[World] = []
        Money.new_world, Money.administrator = staticmethod(new_world), administrator
        run_state_machine_as_test(
            Money,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                print_blob=True,
            ),
        )
