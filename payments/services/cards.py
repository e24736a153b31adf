"""The cards a driver saved: they stay at Stripe, we ask for them when they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import stripe

from accounts.models import User
from evbooking.core.errors import NotFound, WrongState
from payments.gateway import is_missing, stripe_calls
from payments.models import BookingAccount, Customer
from payments.reading import brand_in_words

if TYPE_CHECKING:
    from stripe import PaymentMethod

_MOST: Final = 100  # one page of Stripe's list


@dataclass(frozen=True, slots=True)
class SavedCard:
    """`id` is pm_...; `brand` as people name it."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    is_default: bool

    def __str__(self) -> str:
        return f"{self.brand} ending in {self.last4}"

    @property
    def expires(self) -> str:
        """12/34."""
        return f"{self.exp_month:02d}/{self.exp_year % 100:02d}"


def cards_of(driver: User) -> list[SavedCard]:
    """The driver's saved cards, the default first, then the newest. Raises PaymentProviderUnavailable.

    None where Stripe does not know the driver: whoever pays next becomes its customer anew.
    """
    customer = _customer_id(driver)
    if customer is None:
        return []
    try:
        with stripe_calls() as client:
            known = client.v1.customers.retrieve(customer)
            methods = client.v1.customers.payment_methods.list(customer, {"type": "card", "limit": _MOST})
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        return []
    settings = getattr(known, "invoice_settings", None)
    default = settings.default_payment_method if settings else None
    cards = [_card(method, default=method.id == default) for method in methods.data]
    return sorted(cards, key=lambda card: not card.is_default)


def make_default(driver: User, method: str) -> None:
    """Offer this card first from now on. Raises NotFound for a card that is not the driver's."""
    customer = _owner_of(driver, method)
    with stripe_calls() as client:
        client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method}})


def remove_card(driver: User, method: str) -> None:
    """Forget a card. Raises NotFound, or WrongState while a booking will be charged to it, or its driver owes."""
    _owner_of(driver, method)
    accounts = BookingAccount.objects.filter(booking__driver=driver, payment_method=method)
    unsettled = accounts.exclude(state=BookingAccount.State.SETTLED)
    needing = unsettled.values_list("booking__reference", flat=True)
    if reference := needing.first():
        raise WrongState(f"This card pays for booking {reference}. It can be removed when that is settled.")
    with stripe_calls() as client:
        client.v1.payment_methods.detach(method)


def _owner_of(driver: User, method: str) -> str:
    """The driver's id at Stripe, where the card is theirs. Raises NotFound."""
    customer = _customer_id(driver)
    if customer is None:
        raise NotFound
    with stripe_calls() as client:
        try:
            client.v1.customers.payment_methods.retrieve(customer, method)
        except stripe.InvalidRequestError as error:
            raise NotFound from error
    return customer


def _customer_id(driver: User) -> str | None:
    return Customer.objects.filter(driver=driver).values_list("stripe_id", flat=True).first()


def _card(method: PaymentMethod, *, default: bool) -> SavedCard:
    card = method.card
    assert card is not None, "only cards were asked for"
    brand = brand_in_words(card.brand)
    return SavedCard(method.id, brand, card.last4 or "", card.exp_month, card.exp_year, default)
