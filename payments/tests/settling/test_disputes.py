"""Disputes: the operator's part follows them; the books say who bears what; the owner answers in time."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from charging.models import CDR
from charging.services.bills import credit_cdr
from evbooking.core.errors import DomainError
from evbooking.core.models import DomainEvent
from payments.models import BookingAccount, Dispute, Payment, Refund
from payments.services.disputes import keep_evidence, submit_evidence, sweep_disputes, sync_dispute
from payments.services.settling import settle_account
from payments.tests.ledger.making import disputed
from payments.tests.settling.till import Till, books

pytestmark = pytest.mark.django_db
DISPUTED = "pm_card_createDispute"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account(till: Till) -> BookingAccount:
    """5.50 EUR, paid by a card whose bank disputes it at once."""
    account, _ = till.visit()
    till.authorise(account, method=DISPUTED)
    return till.settle(account)


@pytest.fixture
def at_stripe(till: Till, account: BookingAccount) -> Any:
    payment = Payment.objects.get(captured_amount__gt=0)
    [made] = till.client.v1.disputes.list({"payment_intent": str(payment.stripe_id)}).data
    return made


@pytest.fixture
def dispute(at_stripe: Any) -> Dispute:
    found = sync_dispute(at_stripe.id, now=timezone.now())
    assert found is not None
    return found


def closed(till: Till, dispute: Dispute, outcome: str) -> Dispute:
    till.sandbox.control(f"disputes/{dispute.stripe_id}/close", outcome=outcome)
    found = sync_dispute(dispute.stripe_id, now=timezone.now())
    assert found is not None
    return found


def events(name: str) -> int:
    return DomainEvent.objects.filter(type=name).count()


def test_an_open_dispute_takes_the_operators_part_back(
    till: Till, account: BookingAccount, dispute: Dispute, at_stripe: Any
) -> None:
    assert (dispute.status, dispute.amount, dispute.reason) == (
        "NEEDS_RESPONSE",
        Decimal("5.50"),
        at_stripe.reason,
    )
    dispute.refresh_from_db()
    assert (dispute.held_amount, dispute.fee) == (Decimal("5.22"), Decimal("20.00"))
    assert dispute.evidence_due_by is not None
    assert dispute.evidence_due_by.timestamp() == at_stripe.evidence_details.due_by
    assert till.operator_has(account) == 0
    assert books(account)["DISPUTED"] == Decimal("5.50")
    assert "OPERATOR_BALANCE" not in books(account)
    assert (events("dispute.opened"), events("dispute.closed")) == (1, 0)


def test_reading_a_dispute_again_changes_nothing(account: BookingAccount, dispute: Dispute) -> None:
    seen = DomainEvent.objects.count(), books(account)
    assert sweep_disputes(timezone.now()) == 1
    assert (DomainEvent.objects.count(), books(account)) == seen


def test_a_won_dispute_returns_what_was_held(till: Till, account: BookingAccount, dispute: Dispute) -> None:
    till.fill_the_platforms_balance()
    won = closed(till, dispute, "won")
    won.refresh_from_db()
    assert (won.status, won.held_amount, won.returned_id[:3]) == ("WON", Decimal("5.22"), "tr_")
    after = books(account)
    assert (after["OPERATOR_BALANCE"], after["STRIPE_FEES"]) == (Decimal("5.22"), Decimal("0.33"))
    assert "DISPUTED" not in after
    assert events("dispute.closed") == 1
    assert sweep_disputes(timezone.now()) == 0


def test_what_was_won_is_returned_later_where_the_platform_is_short_of_money(
    till: Till, account: BookingAccount, dispute: Dispute
) -> None:
    till.sandbox.control(f"disputes/{dispute.stripe_id}/close", outcome="won")
    till.empty_the_platforms_balance()
    assert sweep_disputes(timezone.now()) == 1
    dispute.refresh_from_db()
    assert (dispute.status, dispute.returned_id) == ("WON", "")
    assert "OPERATOR_BALANCE" not in books(account)
    till.fill_the_platforms_balance()
    assert sweep_disputes(timezone.now()) == 1
    assert books(account)["OPERATOR_BALANCE"] == Decimal("5.22")


def test_a_lost_dispute_is_borne_by_who_got_the_money(
    till: Till, account: BookingAccount, dispute: Dispute
) -> None:
    lost = closed(till, dispute, "lost")
    assert lost.status == "LOST"
    assert books(account) == {"STRIPE_BALANCE": Decimal("-20.33"), "STRIPE_FEES": Decimal("20.33")}
    assert events("dispute.closed") == 1


def test_what_is_disputed_is_not_refunded_as_well(
    till: Till, account: BookingAccount, dispute: Dispute
) -> None:
    credit_cdr(CDR.objects.get(), reason="wrong", actor=None, now=timezone.now())
    waiting = till.settle(account)
    assert (waiting.state, waiting.last_error) == (
        "DUE",
        "A dispute is open: what is to be refunded waits for its end.",
    )
    closed(till, dispute, "lost")
    assert settle_account(BookingAccount.objects.get(), now=timezone.now() + MINUTE).state == "SETTLED"
    assert Refund.objects.count() == 0


def test_a_dispute_over_a_payment_that_is_not_ours_is_left_alone(till: Till) -> None:
    [made] = till.client.v1.disputes.list({"payment_intent": till.sell(500, DISPUTED)}).data
    assert sync_dispute(made.id, now=timezone.now()) is None
    assert Dispute.objects.count() == 0


def test_the_answer_is_kept_then_sent_and_decides(till: Till, dispute: Dispute, owner: User) -> None:
    kept = keep_evidence(dispute, text="They charged.", actor=owner, now=timezone.now())
    assert (kept.evidence, kept.status) == ("They charged.", "NEEDS_RESPONSE")
    sent = submit_evidence(dispute, text="They did charge.", actor=owner, now=timezone.now())
    assert (sent.evidence, sent.status) == ("They did charge.", "UNDER_REVIEW")
    at_stripe = till.client.v1.disputes.retrieve(dispute.stripe_id)
    assert at_stripe.evidence.uncategorized_text == "They did charge."


@pytest.mark.parametrize(("text", "code"), [(" ", "required"), ("x" * 5001, "too_long_text")])
def test_an_answer_must_say_something_of_a_possible_length(
    dispute: Dispute, owner: User, text: str, code: str
) -> None:
    with pytest.raises(DomainError) as refused:
        submit_evidence(dispute, text=text, actor=owner, now=timezone.now())
    assert (refused.value.code, refused.value.field_errors[0].field) == (code, "text")
    dispute.refresh_from_db()
    assert (dispute.evidence, dispute.status) == ("", "NEEDS_RESPONSE")


def test_an_answer_is_sent_once_and_in_time(till: Till, dispute: Dispute, owner: User) -> None:
    assert dispute.evidence_due_by is not None
    with pytest.raises(DomainError) as late:
        submit_evidence(dispute, text="They charged.", actor=owner, now=dispute.evidence_due_by)
    assert (late.value.code, Dispute.objects.get().evidence) == ("wrong_state", "")
    submit_evidence(dispute, text="They charged.", actor=owner, now=timezone.now())
    with pytest.raises(DomainError) as again:
        submit_evidence(dispute, text="Really.", actor=owner, now=timezone.now())
    assert (again.value.code, Dispute.objects.get().evidence) == ("wrong_state", "They charged.")


def test_a_dispute_that_stripe_does_not_know_stops_no_other_and_takes_no_answer(
    till: Till, account: BookingAccount, dispute: Dispute, owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    """The newest is asked about first: that which Stripe does not know."""
    lost = disputed(dispute.payment, "1.00", stripe_id="du_elsewhere", created_at=dispute.created_at + MINUTE)
    till.sandbox.control(f"disputes/{dispute.stripe_id}/close", outcome="lost")
    assert sweep_disputes(timezone.now()) == 1
    dispute.refresh_from_db()
    assert dispute.status == "LOST"
    assert "could not be looked after" in caplog.text
    with pytest.raises(DomainError) as refused:
        submit_evidence(lost, text="They charged.", actor=owner, now=timezone.now())
    assert (refused.value.code, Dispute.objects.get(pk=lost.pk).evidence) == ("wrong_state", "They charged.")
