"""Bills: exact lines, never changed, taken back by credits, and computed again to the same cent."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from charging.errors import AlreadyBilled, AlreadyCredited
from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.services.bills import credit_cdr, issue_cdr, issue_no_show_cdr
from charging.stored import recompute, stored_bill
from charging.tests.conftest import START, Charge, at_tariff
from evbooking.core.models import AuditEntry, DomainEvent
from stations.models import EVSE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def part(kind: str, price: float, vat: float | None = 19, step: int = 1) -> dict[str, Any]:
    return {"type": kind, "price": price, "step_size": step} | ({} if vat is None else {"vat": vat})


def reserving(kind: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"price_components": list(parts), "restrictions": {"reservation": kind}}


RESERVED: dict[str, Any] = {
    "currency": "EUR",
    "tax_included": "NO",
    "elements": [
        reserving("RESERVATION", part("TIME", 6)),
        reserving("RESERVATION_EXPIRES", part("FLAT", 4), part("TIME", 6)),
        {"price_components": [part("FLAT", 1), part("ENERGY", 0.5), part("PARKING_TIME", 2, 7)]},
    ],
}


def amounts(cdr: CDR) -> list[tuple[str, str]]:
    return [(line["dimension"], line["amount"]["amount"]) for line in cdr.lines]


def no_show(driver: User, evse: EVSE, fee: str = "0", reference: str = "TESTBBBB") -> CDR:
    assert evse.station.tariff and evse.station.tariff.current
    return issue_no_show_cdr(
        driver,
        booking_reference=reference,
        evse=evse,
        reserved_from=START,
        released_at=START + timedelta(minutes=15),
        tariff_version=evse.station.tariff.current,
        noshow_fee=Decimal(fee),
        actor=None,
        now=START + HOUR,
    )


def test_a_session_is_billed_by_its_tariff_and_says_that_no_meter_was_asked(charge: Charge) -> None:
    cdr = charge(START + HOUR)
    cdr.refresh_from_db()
    assert (cdr.kind, cdr.remark, cdr.kwh) == ("SESSION", "estimated, no meter", Decimal(11))
    assert amounts(cdr) == [("ENERGY", "5.50")]
    totals = (cdr.total_before_taxes, cdr.total_taxes, cdr.total_after_taxes)
    assert totals == (Decimal("4.62"), Decimal("0.88"), Decimal("5.50"))
    assert cdr.vat == [
        {
            "rate": "19",
            "before_taxes": {"amount": "4.62", "currency": "EUR"},
            "taxes": {"amount": "0.88", "currency": "EUR"},
            "after_taxes": {"amount": "5.50", "currency": "EUR"},
        }
    ]
    types = list(DomainEvent.objects.order_by("id").values_list("type", flat=True))
    assert types == ["session.started", "session.completed", "cdr.issued"]
    assert AuditEntry.objects.filter(action="cdr.issued", target_id=str(cdr.pk)).count() == 1


def test_a_late_driver_pays_for_the_time_the_slot_was_kept(charge: Charge) -> None:
    late = START + timedelta(minutes=10)
    cdr = charge(START + 2 * HOUR, at_tariff(RESERVED), start=late, reserved_from=START)
    assert amounts(cdr) == [
        ("RESERVATION", "1.00"),
        ("FLAT", "1.00"),
        ("ENERGY", "5.50"),
        ("PARKING_TIME", "1.67"),
        ("TAX", "1.54"),
    ]
    assert [row["rate"] for row in cdr.vat] == ["7", "19"]
    assert [row["taxes"]["amount"] for row in cdr.vat] == ["0.12", "1.42"]
    assert (cdr.start, cdr.reserved_until) == (START, late)
    assert cdr.charging_periods[0]["dimensions"] == [{"type": "RESERVATION_TIME", "volume": "0.166667"}]


def test_an_early_driver_pays_for_no_reserved_time(charge: Charge) -> None:
    early = START - timedelta(minutes=10)
    cdr = charge(START + 50 * timedelta(minutes=1), at_tariff(RESERVED), start=early, reserved_from=START)
    assert amounts(cdr) == [("FLAT", "1.00"), ("ENERGY", "5.50"), ("TAX", "1.24")]
    assert cdr.start == early


def test_a_no_show_is_billed_without_a_session(driver: User) -> None:
    cdr = no_show(driver, at_tariff(RESERVED), fee="4")
    assert amounts(cdr) == [
        ("RESERVATION_EXPIRES", "4.00"),
        ("RESERVATION_EXPIRES", "1.50"),
        ("TAX", "1.05"),
        ("NO_SHOW_FEE", "4.00"),
    ]
    assert cdr.session is None
    assert (cdr.kwh, cdr.total_after_taxes) == (Decimal(0), Decimal("10.55"))
    assert [(row["rate"], row["taxes"]["amount"]) for row in cdr.vat] == [(None, "0.00"), ("19", "1.05")]
    assert recompute(CDR.objects.get()) == stored_bill(CDR.objects.get())


def test_a_no_show_that_costs_nothing_has_a_bill_of_nothing(driver: User, evse: EVSE) -> None:
    cdr = no_show(driver, evse)
    assert (cdr.lines, cdr.vat, cdr.total_after_taxes) == ([], [], Decimal(0))


def test_a_session_and_a_no_show_are_billed_once(charge: Charge, driver: User, evse: EVSE) -> None:
    cdr = charge(START + HOUR)
    assert cdr.session
    no_show(driver, evse)
    with pytest.raises(AlreadyBilled):
        issue_cdr(cdr.session, actor=None, now=START + HOUR)
    with pytest.raises(AlreadyBilled):
        no_show(driver, evse)
    assert CDR.objects.count() == 2
    assert DomainEvent.objects.filter(type="cdr.issued").count() == 2


def test_a_credit_has_the_opposite_of_every_amount_and_makes_room_for_the_right_bill(charge: Charge) -> None:
    late = START + timedelta(minutes=10)
    wrong = charge(START + 2 * HOUR, at_tariff(RESERVED), start=late, reserved_from=START)
    credit = credit_cdr(wrong, reason="The charger was out of order.", actor=None, now=START + 3 * HOUR)
    credit.refresh_from_db()
    assert (credit.credit_of, credit.remark) == (wrong, "The charger was out of order.")
    assert [amount for _, amount in amounts(credit)] == ["-1.00", "-1.00", "-5.50", "-1.67", "-1.54"]
    totals = (credit.total_before_taxes, credit.total_taxes, credit.total_after_taxes)
    assert totals == (Decimal("-9.17"), Decimal("-1.54"), Decimal("-10.71"))
    assert recompute(credit) == stored_bill(credit) == -stored_bill(wrong)
    assert bill_of_booking("TESTAAAA") is None
    assert wrong.session
    right = issue_cdr(wrong.session, actor=None, now=START + 3 * HOUR)
    assert (right.revision, bill_of_booking("TESTAAAA")) == (2, right)
    assert DomainEvent.objects.filter(type="cdr.credited").count() == 1


def test_a_bill_is_credited_once_and_a_credit_never(charge: Charge) -> None:
    cdr = charge(START + HOUR)
    credit = credit_cdr(cdr, reason="wrong", actor=None, now=START + HOUR)
    for one in (cdr, credit):
        with pytest.raises(AlreadyCredited):
            credit_cdr(one, reason="again", actor=None, now=START + HOUR)
    assert CDR.objects.count() == 2


CHANGES = [
    "UPDATE charging_cdr SET remark = 'other'",
    "UPDATE charging_cdr SET total_after_taxes = 0, total_before_taxes = 0, total_taxes = 0",
    "DELETE FROM charging_cdr",
]


@pytest.mark.parametrize("change", CHANGES)
def test_no_bill_is_changed_or_removed(charge: Charge, change: str) -> None:
    before = CDR.objects.filter(pk=charge(START + HOUR).pk).values().get()
    with pytest.raises(DatabaseError, match="credit it"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert CDR.objects.values().get() == before


@pytest.mark.parametrize("change", CHANGES)
def test_without_the_trigger_the_same_statements_do_their_damage(charge: Charge, change: str) -> None:
    before = CDR.objects.filter(pk=charge(START + HOUR).pk).values().get()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE charging_cdr DISABLE TRIGGER cdr_immutable")
        cursor.execute(change)
    assert CDR.objects.values().first() != before


def test_totals_that_do_not_add_up_are_refused_by_the_database(charge: Charge) -> None:
    cdr = charge(START + HOUR)
    cdr.pk, cdr.revision, cdr.total_after_taxes = None, 2, cdr.total_after_taxes + 1
    with pytest.raises(IntegrityError, match="cdr_totals_add_up"), transaction.atomic():
        cdr.save(force_insert=True)
    assert CDR.objects.count() == 1
