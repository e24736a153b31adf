"""Corrections of a bill: its credit and the next revision, which says what was corrected and why."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from charging.errors import AlreadyBilled, AlreadyCredited
from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.services.bills import adjust_cdr, credit_cdr, issue_cancellation_cdr
from charging.stored import recompute, stored_bill
from charging.tests.conftest import START, Charge, at_tariff
from charging.tests.test_cdrs import RESERVED, amounts, no_show
from evbooking.core.errors import Invalid
from evbooking.core.models import DomainEvent
from stations.models import EVSE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = START + 3 * HOUR


def adjust(cdr: CDR, amount: str, reason: str = "The cable was too short.") -> CDR:
    return adjust_cdr(cdr, amount=Decimal(amount), reason=reason, actor=None, now=LATER)


def canceled(driver: User, evse: EVSE, fee: str = "2.75", reference: str = "TESTCCCC") -> CDR:
    assert evse.station.tariff and evse.station.tariff.current
    return issue_cancellation_cdr(
        driver,
        booking_reference=reference,
        evse=evse,
        start=START,
        end=START + HOUR,
        tariff_version=evse.station.tariff.current,
        fee=Decimal(fee),
        actor=driver,
        now=START - HOUR,
    )


def totals(cdr: CDR) -> tuple[Decimal, Decimal, Decimal]:
    return cdr.total_before_taxes, cdr.total_taxes, cdr.total_after_taxes


def taxed(cdr: CDR) -> list[tuple[str | None, str, str]]:
    return [(row["rate"], row["before_taxes"]["amount"], row["taxes"]["amount"]) for row in cdr.vat]


def test_a_late_cancellation_is_billed_its_fee_without_vat(driver: User) -> None:
    cdr = canceled(driver, at_tariff(RESERVED))
    cdr.refresh_from_db()
    assert (cdr.kind, cdr.session, cdr.kwh, cdr.charging_periods) == ("CANCELLATION", None, Decimal(0), [])
    assert (cdr.start, cdr.end, cdr.remark) == (START, START + HOUR, "late cancellation")
    assert amounts(cdr) == [("CANCELLATION_FEE", "2.75")]
    assert (totals(cdr), taxed(cdr)) == (
        (Decimal("2.75"), Decimal(0), Decimal("2.75")),
        [(None, "2.75", "0.00")],
    )
    assert recompute(cdr) == stored_bill(cdr)
    event = DomainEvent.objects.get(type="cdr.issued")
    assert (event.data["kind"], event.data["reference"]) == ("CANCELLATION", "TESTCCCC")


def test_a_booking_is_billed_once_canceled_or_missed(driver: User, evse: EVSE) -> None:
    canceled(driver, evse)
    for again in (lambda: canceled(driver, evse), lambda: no_show(driver, evse, reference="TESTCCCC")):
        with pytest.raises(AlreadyBilled):
            again()
    assert CDR.objects.count() == 1


def test_a_reduction_is_a_credit_and_a_new_bill_with_one_line_more(charge: Charge) -> None:
    first = charge(START + HOUR)
    second = adjust(first, "-1.50")
    second.refresh_from_db()
    assert amounts(second) == [("ENERGY", "5.50"), ("ADJUSTMENT", "-1.50")]
    assert second.lines[1]["description"] == "Adjustment: The cable was too short."
    assert totals(second) == (Decimal("3.36"), Decimal("0.64"), Decimal("4.00"))
    assert taxed(second) == [("19", "3.36", "0.64")]
    assert (second.revision, second.kind, second.remark) == (2, "SESSION", "estimated, no meter")
    assert recompute(second) == stored_bill(second)
    credit = CDR.objects.get(credit_of=first)
    assert (credit.total_after_taxes, credit.remark) == (Decimal("-5.50"), "The cable was too short.")
    assert bill_of_booking("TESTAAAA") == second
    types = DomainEvent.objects.order_by("id").values_list("type", flat=True)
    assert list(types)[-2:] == ["cdr.credited", "cdr.issued"]


def test_each_rate_gives_its_part_of_a_reduction(charge: Charge) -> None:
    late = START + timedelta(minutes=10)
    bill = charge(START + 2 * HOUR, at_tariff(RESERVED), start=late, reserved_from=START)
    assert taxed(bill) == [("7", "1.67", "0.12"), ("19", "7.50", "1.42")]
    half = adjust(bill, "-5.35")
    assert taxed(half) == [("7", "0.84", "0.06"), ("19", "3.75", "0.71")]
    assert totals(half) == (Decimal("4.59"), Decimal("0.77"), Decimal("5.36"))


def test_all_of_a_bill_can_be_given_back(charge: Charge) -> None:
    nothing = adjust(charge(START + HOUR), "-5.50")
    assert totals(nothing) == (Decimal(0), Decimal(0), Decimal(0))
    assert taxed(nothing) == [("19", "0.00", "0.00")]


def test_what_is_owed_besides_has_no_vat(charge: Charge) -> None:
    more = adjust(charge(START + HOUR), "20", reason="Damaged plug.")
    assert amounts(more) == [("ENERGY", "5.50"), ("ADJUSTMENT", "20.00")]
    assert taxed(more) == [(None, "20.00", "0.00"), ("19", "4.62", "0.88")]
    assert more.total_after_taxes == Decimal("25.50")


def test_a_second_adjustment_keeps_the_first(driver: User, evse: EVSE) -> None:
    second = adjust(canceled(driver, evse), "-1", reason="one")
    third = adjust(second, "-0.75", reason="two")
    assert amounts(third) == [
        ("CANCELLATION_FEE", "2.75"),
        ("ADJUSTMENT", "-1.00"),
        ("ADJUSTMENT", "-0.75"),
    ]
    assert (third.revision, third.total_after_taxes) == (3, Decimal("1.00"))
    assert sum(cdr.total_after_taxes for cdr in CDR.objects.all()) == Decimal("1.00")
    assert all(recompute(cdr) == stored_bill(cdr) for cdr in CDR.objects.all())
    credit = credit_cdr(third, reason="all wrong", actor=None, now=LATER)
    assert recompute(credit) == stored_bill(credit) == -stored_bill(third)


@pytest.mark.parametrize("amount", ["0", "0.004", "-5.51", "100000000", "-1e30", "Infinity"])
def test_an_impossible_amount_changes_nothing(charge: Charge, amount: str) -> None:
    cdr = charge(START + HOUR)
    before = (CDR.objects.count(), DomainEvent.objects.count())
    with pytest.raises(Invalid) as refused:
        adjust(cdr, amount)
    assert [(error.field, error.code) for error in refused.value.errors] == [("amount", "out_of_range")]
    assert (CDR.objects.count(), DomainEvent.objects.count()) == before


def test_only_the_bill_that_stands_is_adjusted(charge: Charge) -> None:
    first = charge(START + HOUR)
    adjust(first, "-1")
    for gone in (first, CDR.objects.get(credit_of=first)):
        with pytest.raises((AlreadyCredited, Invalid)):
            adjust(gone, "-1")
        with pytest.raises(AlreadyCredited):
            adjust(gone, "10")
    assert CDR.objects.count() == 3


def test_the_table_wants_a_session_for_a_session_and_for_nothing_else(charge: Charge) -> None:
    cdr: Any = charge(START + HOUR)
    cdr.pk, cdr.revision, cdr.kind = None, 2, CDR.Kind.CANCELLATION
    with pytest.raises(IntegrityError, match="cdr_of_a_session_has_one"), transaction.atomic():
        cdr.save(force_insert=True)
    assert CDR.objects.count() == 1
