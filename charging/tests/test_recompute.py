"""For every tariff: the stored bill is what its own inputs give, and it adds up to the last minor unit."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charging.bill import Bill
from charging.models import CDR
from charging.services.bills import (
    adjust_cdr,
    credit_cdr,
    issue_cancellation_cdr,
    issue_cdr,
    issue_no_show_cdr,
)
from charging.services.sessions import start_session, stop_session
from charging.stored import recompute, stored_bill
from evbooking.core.money import Money
from evbooking.core.ocpi import ConnectorType
from stations.models import EVSE
from stations.pricing import Element, ReservationRestrictionType, Restrictions, TariffDimensionType
from stations.tests.pricing.test_properties import EVENINGS, components, tariffs
from tests.factories import make_operator, make_station, make_tariff, make_user
from tests.undone import undone

MINUTE = timedelta(minutes=1)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
# the nights in which Berlin's clocks change, around 01:00 UTC
CLOCK_CHANGES = [datetime(2027, 3, 28, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)]

reservation_elements = st.builds(
    Element,
    st.lists(
        components.filter(lambda one: one.type in {TariffDimensionType.FLAT, TariffDimensionType.TIME}),
        min_size=1,
        max_size=2,
        unique_by=lambda one: one.type,
    ).map(tuple),
    st.builds(Restrictions, reservation=st.sampled_from(ReservationRestrictionType)),
)
any_tariffs = st.builds(
    lambda tariff, more: replace(tariff, elements=(*more, *tariff.elements)),
    tariffs,
    st.lists(reservation_elements, max_size=2),
)


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    slot = draw(st.sampled_from([*EVENINGS, *CLOCK_CHANGES])) + draw(st.integers(0, 36)) * 15 * MINUTE
    arrival = slot + draw(st.integers(-600, 3600)) * timedelta(seconds=1, microseconds=7)
    return {
        "slot": slot,
        "arrival": arrival,
        "end": arrival + draw(st.integers(0, 40_000)) * timedelta(seconds=1, microseconds=3),
        "power_kw": draw(st.sampled_from([Decimal("3.7"), Decimal("7.5"), Decimal(11), Decimal(150)])),
        "planned_kwh": draw(st.decimals("0.01", 90, places=2)),
        "share": draw(st.integers(-100, 100).filter(bool)),
        "fee": draw(st.sampled_from([Decimal(0), Decimal("4.5"), Decimal("2.125")])),
    }


def adds_up(bill: Bill, currency: str) -> bool:
    lines = Money.total((Money.from_json(line["amount"]) for line in bill.lines), currency)
    before = Money.total((row.before_taxes for row in bill.vat), currency)
    taxes = Money.total((row.taxes for row in bill.vat), currency)
    parts = (bill.total_before_taxes, bill.taxes)
    return lines == bill.total == bill.total_before_taxes + bill.taxes and (before, taxes) == parts


def bill_everything(evse: EVSE, visit: dict[str, Any]) -> None:
    """A session, a no-show, a late cancellation, an adjustment of each that is possible, and the credits of all."""
    driver = make_user()
    assert evse.station.tariff and evse.station.tariff.current
    version = evse.station.tariff.current
    who = {"actor": None, "now": visit["end"]}
    session = start_session(
        driver,
        evse=evse,
        connector=ConnectorType.IEC_62196_T2,
        start=visit["arrival"],
        planned_kwh=visit["planned_kwh"],
        power_kw=visit["power_kw"],
        tariff_version=version,
        currency=version.document["currency"],
        booking_reference="TESTAAAA",
        reserved_from=visit["slot"],
        **who,
    )
    stop_session(session, end=visit["end"], **who)
    charged = issue_cdr(session, **who)
    missed = issue_no_show_cdr(
        driver,
        booking_reference="TESTBBBB",
        evse=evse,
        reserved_from=visit["slot"],
        released_at=visit["slot"] + 15 * MINUTE,
        tariff_version=version,
        noshow_fee=visit["fee"],
        **who,
    )
    canceled = issue_cancellation_cdr(
        driver,
        booking_reference="TESTCCCC",
        evse=evse,
        start=visit["slot"],
        end=visit["end"],
        tariff_version=version,
        fee=visit["fee"],
        **who,
    )
    for cdr in (charged, missed, canceled):
        part = Money(cdr.total_after_taxes * visit["share"] / 100, cdr.currency)
        standing = adjust_cdr(cdr, amount=part.amount, reason="part", **who) if part else cdr
        credit_cdr(standing, reason="", **who)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tariff=any_tariffs, visit=visits(), zone=st.sampled_from(ZONES))
def test_every_stored_bill_is_computed_again_to_the_same_and_adds_up(
    tariff: Any, visit: dict[str, Any], zone: str
) -> None:
    with undone():
        operator = make_operator()
        station = make_station(operator, tariff=make_tariff(operator, tariff.to_ocpi()), time_zone=zone)
        bill_everything(station.evses.get(), visit)
        cdrs = list(CDR.objects.order_by("kind", "issued_at"))
        assert len(cdrs) >= 6
        for cdr in cdrs:
            assert recompute(cdr) == stored_bill(cdr)
            assert adds_up(stored_bill(cdr), tariff.currency)
        assert sum(cdr.total_after_taxes for cdr in cdrs) == 0


@pytest.mark.django_db
def test_the_comparison_sees_a_bill_that_is_a_cent_off() -> None:
    bill = Bill((), (), *(Money(Decimal(1), "EUR"), Money.zero("EUR"), Money(Decimal(1), "EUR")), "YES")
    assert not adds_up(bill, "EUR")
