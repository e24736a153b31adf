"""The page on which a booking is paid for: what is asked of the card now and why, and what is agreed to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from bookings.models import BILLED, Booking
from bookings.presentation.booking_page import BookingPage
from bookings.presentation.terms import Term, slot_terms
from bookings.presentation.words import site_time
from bookings.services.series.later import waiting_of
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus
from payments.consent import amount_of, version_of, words_of
from payments.gateway import minor
from payments.models import BookingAccount, Payment
from payments.selectors.demand import Demand, demand_of
from payments.selectors.series import AskedLater, asked_later

Kind = Payment.Kind
Strategy = BookingAccount.Strategy

_HEADINGS: Final = {
    Kind.AUTHORISATION: "Reserved on your card now",
    Kind.SETUP: "Reserved later, nothing is taken now",
    Kind.CHARGE: "Paid now",
}


_WHY_SERIES: Final = (
    "Your card is saved, once for all dates. Each amount is asked for at its time; should that fail, you are told and"
    " have time to give another card, and the other dates stay yours. After charging only what you used is kept."
)


def checkout_page(booking: Booking, *, now: datetime) -> CheckoutPage:
    """The page of what is to be paid now. Raises HoldExpired, PaymentNotRequired or AlreadySecured."""
    return CheckoutPage(booking, demand_of(booking, now=now), now)


@dataclass(frozen=True)
class CheckoutPage:
    """`demand` is what the card is asked for: for a hold, a dearer slot, a card that failed, or a debt."""

    booking: Booking
    demand: Demand
    now: datetime

    @property
    def slot(self) -> Booking:
        return self.demand.replacement or self.booking

    @property
    def zone(self) -> ZoneInfo:
        return self._slot_page.zone

    @property
    def before(self) -> str:
        """The slot that is given up for the dearer one; empty where there is none."""
        page = BookingPage(self.booking, self.now)
        return f"{page.day}, {page.time}, {page.total}" if self.demand.replacement else ""

    @property
    def is_debt(self) -> bool:
        return self.booking.status in BILLED

    @property
    def title(self) -> str:
        if self.is_debt:
            return "Pay your bill" if self._is_afterwards else "Pay the rest of your bill"
        if self.demand.replacement:
            return "Pay the difference, and your booking moves"
        if self.is_series:
            return "Enter your card once, and all dates are yours"
        if self.booking.status == ReservationStatus.HELD:
            return "Pay, and the slot is yours"
        return "Pay with another card, and the slot stays yours"

    @property
    def is_series(self) -> bool:
        return self.demand.purpose == Payment.Purpose.SERIES

    @cached_property
    def dates(self) -> list[AskedLater]:
        """What the saved card is asked for each date of a series; empty for a booking of its own."""
        return asked_later(self.booking, now=self.now) if self.is_series else []

    @property
    def heading(self) -> str:
        if self.is_series:
            return "Asked of your card, date by date"
        if self.asked_apart:
            return "What it costs"
        return "What you owe" if self.is_debt else _HEADINGS[self.demand.kind]

    @property
    def sum(self) -> dict[str, Any]:
        """The lines of what is asked, as a quote; where less is asked now than they add up to, it stands apart."""
        if self.is_series:
            return self._sum_of_dates
        if self.is_debt:
            return {
                "lines": [{"description": "Not yet paid", "amount": self.amount}],
                "total": self.amount,
            }
        if self._is_deposit:
            return {"lines": self.slot.quote["lines"], "total": self._slot_page.total}
        return {"lines": self.demand.plan.estimate_lines, "total": self.demand.plan.estimate}

    @property
    def amount(self) -> Money:
        return self.demand.amount

    @property
    def asked_apart(self) -> bool:
        """Whether something else is asked of the card now than the lines add up to."""
        saved = self.demand.kind == Kind.SETUP
        return (
            not self.is_debt and not saved and (self._is_deposit or self.amount != self.demand.plan.estimate)
        )

    @property
    def asked_label(self) -> str:
        if self.demand.replacement:
            return "Difference, now"
        return "Deposit, now" if self._is_deposit else "Asked now"

    @property
    def why(self) -> str:
        amount = self.amount
        match self.demand.kind:
            case Kind.AUTHORISATION:
                return (
                    f"{amount} is reserved, not taken. After charging only what you used is taken,"
                    " and the rest is released."
                )
            case Kind.SETUP:
                return f"{_WHY_SERIES}{self._why_later}" if self.is_series else self._why_saved
        if self.is_debt:
            owed = "what your card could not be charged with"
            if self._is_afterwards:
                owed = "what the booking cost in the end; when you made it there was nothing to pay"
            return f"{amount} is taken now. It is {owed}."
        if self._is_deposit:
            return f"{amount} is taken now and counts towards the bill; the rest is taken after charging."
        return f"{amount} is taken now. What you do not use comes back after charging."

    @property
    def consent(self) -> str:
        words = words_of(version_of(self.demand), amount_of(self.demand))
        return f"With “{self.act}” you agree that {words}."

    @property
    def act(self) -> str:
        saves = self.demand.kind == Kind.SETUP
        if self.demand.replacement:
            return "Confirm and move" if saves else "Pay and move"
        if self.booking.status == ReservationStatus.HELD:
            return "Save card and book" if saves else "Pay and book"
        return "Save card" if saves else "Pay now"

    @property
    def terms(self) -> list[Term]:
        """What canceling and not coming costs; nothing for a booking that is over."""
        if self.is_debt:
            return []
        page = self._slot_page
        return slot_terms(
            page.terms,
            start=self.slot.start,
            total=page.total,
            no_show=page.no_show,
            zone=page.zone,
            now=self.now,
        )[1:]

    @property
    def element(self) -> dict[str, str]:
        """What Stripe's Payment Element must know before there is an intent."""
        return {
            "mode": "setup" if self.demand.kind == Kind.SETUP else "payment",
            "amount": str(minor(self.amount)),
            "currency": self.amount.currency.lower(),
            "capture": "manual" if self.demand.kind == Kind.AUTHORISATION else "automatic",
        }

    @property
    def _why_saved(self) -> str:
        plan = self.demand.plan
        if plan.authorise_at is None:
            return "What is reserved already is enough. Your card is not asked for more."
        return (
            f"Your card is saved. On {site_time(plan.authorise_at, self.zone)}, 48 hours before the start,"
            f" {plan.estimate} is reserved on it; should that fail, you are told and have time to give another."
        )

    @property
    def _why_later(self) -> str:
        """What the card is for besides the dates that wait for it."""
        assert self.booking.series, "only a series has dates that are booked later"
        later = waiting_of(self.booking.series)
        if not later:
            return ""
        most = max(Money(one.most_amount, one.currency) for one in later)
        dates = "1 date that opens" if len(later) == 1 else f"{len(later)} dates that open"
        return f" It is asked in the same way for {dates} later, at a price of {most} at most."

    @property
    def _sum_of_dates(self) -> dict[str, Any]:
        lines = [{"description": self._asked_words(one), "amount": one.amount} for one in self.dates]
        return {
            "lines": lines,
            "total": Money.total((one.amount for one in self.dates), self.amount.currency),
        }

    def _asked_words(self, one: AskedLater) -> str:
        day = site_time(one.booking.start, self.zone)
        when = "at once" if one.at <= self.now else f"on {site_time(one.at, self.zone)}"
        return f"{day}: {'taken' if one.taken else 'reserved'} {when}"

    @property
    def _is_deposit(self) -> bool:
        return self.demand.plan.strategy == Strategy.DEPOSIT

    @property
    def _is_afterwards(self) -> bool:
        return self.demand.plan.strategy == Strategy.AFTERWARDS

    @property
    def _slot_page(self) -> BookingPage:
        return BookingPage(self.slot, self.now)
