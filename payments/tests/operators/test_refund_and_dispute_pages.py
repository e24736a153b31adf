"""The pages of refunds and disputes: who may, what they say, and that what is refused comes back beside its field."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Membership, Operator, User
from charging.models import CDR
from payments.models import BookingAccount, Dispute, Refund
from payments.tests.bills import billed_visit
from payments.tests.ledger.making import captured, disputed, refunded
from stations.models import Station
from tests.factories import make_user
from tests.sessions import signed_in_session

pytestmark = pytest.mark.django_db
SENT = {"amount": "1.10", "reason": "GOODWILL", "words": "Sorry."}


def browser(user: User) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = signed_in_session(user)
    return client


@pytest.fixture
def account(station: Station, driver: User) -> BookingAccount:
    """5.50 EUR billed and paid."""
    account, _ = billed_visit(
        station.evses.earliest("uid"), driver, state=BookingAccount.State.SETTLED, destination="acct_1"
    )
    captured(account, "5.50", application_fee=Decimal("0.28"), destination="acct_1")
    return account


@pytest.fixture
def manager(operator: Operator) -> User:
    user = make_user("manager@example.com", name="Mia Manager")
    Membership.objects.create(operator=operator, user=user, role=Membership.Role.MANAGER)
    return user


@pytest.fixture
def dispute(account: BookingAccount) -> Dispute:
    return disputed(account.payments.get(), "5.50", held_amount=Decimal("5.22"))


def url(account: BookingAccount) -> str:
    return f"/operator/money/bookings/{account.booking.reference}/refund/"


def test_a_manager_gives_money_back_and_the_bill_follows(account: BookingAccount, manager: User) -> None:
    assert "5.50 EUR" in browser(manager).get(url(account)).content.decode()
    answer = browser(manager).post(url(account), SENT)
    assert (answer.status_code, answer["Location"]) == (302, url(account))
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.words, refund.requested_by) == (
        Decimal("1.10"),
        "GOODWILL",
        "Sorry.",
        manager,
    )
    assert CDR.objects.get(revision=2).total_after_taxes == Decimal("4.40")
    account.refresh_from_db()
    assert account.state == "DUE"
    assert "4.40 EUR" in browser(manager).get(url(account)).content.decode()


def test_a_bill_that_is_owed_is_lowered_and_nothing_else_is_said(
    account: BookingAccount, manager: User
) -> None:
    BookingAccount.objects.update(state=BookingAccount.State.UNPAID)
    account.payments.update(captured_amount=Decimal("2.00"))
    shown = browser(manager).get(url(account)).content.decode()
    assert "Lower the bill of" in shown and "3.50 EUR" in shown and "Take it off the bill" in shown
    answer = browser(manager).post(url(account), SENT, follow=True)
    assert "The driver owes that much less." in answer.content.decode()
    assert (Refund.objects.count(), CDR.objects.get(revision=2).total_after_taxes) == (0, Decimal("4.40"))


def test_more_than_was_paid_comes_back_with_what_was_typed(account: BookingAccount, manager: User) -> None:
    answer = browser(manager).post(url(account), {**SENT, "amount": "5.51"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "5.50 EUR was paid and not given back." in body
    assert 'value="5.51"' in body
    assert (Refund.objects.count(), CDR.objects.count()) == (0, 1)


def test_staff_and_other_operators_give_nothing_back(
    account: BookingAccount, staff: User, rival: User, driver: User
) -> None:
    answers = [browser(user).post(url(account), SENT).status_code for user in (staff, rival, driver)]
    assert answers == [403, 404, 404]
    assert Refund.objects.count() == 0


def test_what_was_given_back_already_has_no_form(account: BookingAccount, manager: User) -> None:
    refunded(account.payments.get(), "5.50")
    body = browser(manager).get(url(account)).content.decode()
    assert "There is nothing to give back." in body
    assert "<textarea" not in body


def test_an_owner_sees_disputes_and_keeps_an_answer(owner: User, dispute: Dispute) -> None:
    listed = browser(owner).get("/operator/money/disputes/").content.decode()
    assert f'href="/operator/money/disputes/{dispute.pk}/"' in listed
    assert "5.22 EUR" in listed
    path = f"/operator/money/disputes/{dispute.pk}/"
    kept = browser(owner).post(path, {"text": "They charged.", "act": "keep"})
    assert (kept.status_code, Dispute.objects.get().evidence) == (302, "They charged.")
    assert "They charged." in browser(owner).get(path).content.decode()


def test_a_decided_dispute_takes_no_answer(owner: User, dispute: Dispute) -> None:
    Dispute.objects.update(status="LOST")
    answer = browser(owner).post(
        f"/operator/money/disputes/{dispute.pk}/", {"text": "They charged.", "act": "keep"}
    )
    assert (answer.status_code, Dispute.objects.get().evidence) == (422, "")
    assert "<textarea" not in answer.content.decode()


def test_only_the_operators_owners_see_its_disputes(rival: User, staff: User, dispute: Dispute) -> None:
    path = f"/operator/money/disputes/{dispute.pk}/"
    assert [browser(user).get(path).status_code for user in (rival, staff)] == [404, 403]
    shown = browser(rival).get("/operator/money/disputes/").content.decode()
    assert str(dispute.payment.account.booking.reference) not in shown


def test_an_administrator_sees_disputes_and_failed_refunds(administrator: User, dispute: Dispute) -> None:
    refunded(dispute.payment, "0.77", status=Refund.Status.FAILED, failure_reason="lost_or_stolen_card")
    body = browser(administrator).get("/console/money/disputes/").content.decode()
    assert "0.77 EUR" in body
    assert "lost_or_stolen_card" in body
    assert str(dispute.payment.account.booking.reference) in body
