"""The page of saved cards: what it shows, and what its buttons do."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from payments.models import BookingAccount, Customer
from payments.sandbox.tests.running import Running
from payments.services.cards import cards_of
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
PATH = "/account/payments/cards/"


def save_card(sandbox: Running, driver: User, token: str) -> str:
    """Attach a test card to the driver's customer, who is made first; returns the id."""
    api = sandbox.client()
    known, _ = Customer.objects.get_or_create(driver=driver, defaults={"created_at": NOW})
    if known.stripe_id is None:
        known.stripe_id = api.v1.customers.create({}).id
        known.save()
    return api.v1.payment_methods.attach(token, {"customer": known.stripe_id}).id


def shown(page: Client) -> str:
    return page.get(PATH).content.decode()


def test_who_has_none_is_told_how_to_get_one(page: Client, sandbox: Running) -> None:
    assert "Your cards will stand here" in shown(page)


def test_the_cards_are_named_with_their_last_digits_and_end(
    page: Client, driver: User, sandbox: Running
) -> None:
    save_card(sandbox, driver, "pm_card_visa")
    save_card(sandbox, driver, "pm_card_mastercard")
    text = shown(page)
    assert text.index("Mastercard ending in 4444") < text.index("Visa ending in 4242")
    assert text.count("Expires 12/34") == 2


def test_the_one_offered_first_comes_first(page: Client, driver: User, sandbox: Running) -> None:
    visa = save_card(sandbox, driver, "pm_card_visa")
    save_card(sandbox, driver, "pm_card_mastercard")
    answer = page.post(PATH, {"default": visa}, follow=True)
    assert "This card is offered first from now on." in answer.content.decode()
    assert [(str(card), card.is_default) for card in cards_of(driver)] == [
        ("Visa ending in 4242", True),
        ("Mastercard ending in 4444", False),
    ]


def test_a_removed_card_is_gone(page: Client, driver: User, sandbox: Running) -> None:
    visa = save_card(sandbox, driver, "pm_card_visa")
    assert "The card is removed." in page.post(PATH, {"remove": visa}, follow=True).content.decode()
    assert cards_of(driver) == []


@pytest.mark.parametrize("state", ["OPEN", "DUE", "UNPAID"])
def test_a_card_that_pays_for_a_booking_not_settled_stays(
    state: str, page: Client, driver: User, sandbox: Running
) -> None:
    visa = save_card(sandbox, driver, "pm_card_visa")
    station = factories.make_station(evses=1)
    booking = factories.make_booking(station.evses.get(), driver, start=NOW)
    BookingAccount.objects.create(
        booking=booking,
        operator=station.operator,
        strategy=BookingAccount.Strategy.SAVE_CARD,
        currency="EUR",
        estimate_amount=5,
        fee_share=5,
        payment_method=visa,
        state=state,
        due_at=NOW,
        created_at=NOW,
        last_updated=NOW,
    )
    answer = page.post(PATH, {"remove": visa}, follow=True).content.decode()
    assert f"This card pays for booking {booking.reference}." in answer
    assert [card.id for card in cards_of(driver)] == [visa]


@pytest.mark.parametrize("act", ["default", "remove"])
def test_somebody_elses_card_is_not_there(
    act: str, page: Client, driver: User, stranger: User, sandbox: Running
) -> None:
    save_card(sandbox, driver, "pm_card_visa")
    theirs = save_card(sandbox, stranger, "pm_card_mastercard")
    assert page.post(PATH, {act: theirs}).status_code == 404
    assert page.post(PATH, {act: "../customers"}).status_code == 404
    assert [(card.id, card.is_default) for card in cards_of(stranger)] == [(theirs, False)]


def test_while_stripe_is_away_the_page_says_so(
    page: Client, driver: User, sandbox: Running, settings: Settings
) -> None:
    visa = save_card(sandbox, driver, "pm_card_visa")
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    for answer in (page.get(PATH), page.post(PATH, {"remove": visa})):
        assert answer.status_code == 503
        assert "Your cards cannot be shown at the moment" in answer.content.decode()
    settings.STRIPE_API_BASE = sandbox.url
    assert [card.id for card in cards_of(driver)] == [visa]


def test_the_sandbox_is_named_on_the_page(page: Client, sandbox: Running, settings: Settings) -> None:
    assert "no real money moves here" in shown(page)
    settings.STRIPE_SANDBOX_URL = ""
    assert "no real money" not in shown(page)
