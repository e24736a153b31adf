"""Columns over time: zero is the baseline, the highest is named."""

from datetime import date
from decimal import Decimal

from payments.presentation.periods import buckets, named
from payments.presentation.plots import columns
from payments.tests.ledger.entries import euro

ZERO = Decimal(0)


def test_columns_stand_on_zero_and_credits_hang_below_it() -> None:
    plot = columns("Turnover", [("Mon", euro("30")), ("Tue", euro("-10")), ("Wed", euro("0"))])
    assert plot.baseline == 75
    assert [(one.y, one.height) for one in plot.columns] == [
        (ZERO, Decimal(75)),
        (Decimal(75), Decimal(25)),
        (Decimal(75), ZERO),
    ]
    assert [one.x for one in plot.columns] == [Decimal("0.1"), Decimal("1.1"), Decimal("2.1")]
    assert plot.highest is plot.columns[0]
    assert (plot.highest.label, plot.highest.text) == ("Mon", "30.00 EUR")


def test_a_plot_of_nothing_has_no_highest() -> None:
    assert columns("Turnover", []).highest is None
    flat = columns("Turnover", [("Mon", euro("0"))])
    assert flat.highest is None
    assert (flat.baseline, flat.columns[0].height) == (ZERO, ZERO)


def test_two_months_are_shown_by_day_and_longer_ones_by_month() -> None:
    short = date(2026, 11, 1), date(2027, 1, 2)
    assert len(buckets(*short)) == 62
    assert named(date(2026, 11, 24), *short) == "24 Nov 2026"
    long = date(2026, 11, 15), date(2027, 2, 1)
    assert buckets(*long) == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    assert named(date(2026, 12, 1), *long) == "Dec 2026"
