"""The shared partials: what they say for each value they are given."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from evbooking.core.money import Money
from evbooking.core.ocpi import Status

SYMBOLS = set(
    re.findall(r'<symbol id="([\w-]+)"', (settings.BASE_DIR / "static/icons/sprite.svg").read_text())
)
NAMES_AN_ICON = re.compile(r"""(?:icon\.html" with name="|\bicon="|sprite\.svg' %}#)([a-z]+)""")
EVSE_WORDS = {
    "AVAILABLE": "Available",
    "BLOCKED": "Blocked",
    "CHARGING": "Charging",
    "INOPERATIVE": "Out of service",
    "OUTOFORDER": "Out of order",
    "PLANNED": "Planned",
    "REMOVED": "Removed",
    "RESERVED": "Reserved",
    "UNKNOWN": "Unknown",
}
BOOKING_WORDS = {
    "HELD": "Held for you",
    "PENDING": "Awaiting answer",
    "RESERVED": "Reserved",
    "FULFILLED": "Arrived",
    "COMPLETED": "Completed",
    "CANCELED": "Canceled",
    "EXPIRED": "Expired",
    "REJECTED": "Rejected",
    "FAILED": "Failed",
    "NO_SHOW": "No-show",
}


def words(html: str) -> str:
    """The text a reader gets, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.replace("&nbsp;", " ")).split())


def part(template: str, **context: object) -> str:
    return render_to_string(f"_parts/{template}.html", context)


def test_every_evse_status_of_ocpi_has_a_word() -> None:
    assert EVSE_WORDS.keys() == {status.value for status in Status}


@pytest.mark.parametrize(
    ("template", "code", "word"),
    [("status", *pair) for pair in EVSE_WORDS.items()]
    + [("booking_status", *pair) for pair in BOOKING_WORDS.items()],
)
def test_a_state_is_shown_by_word_and_icon_and_carries_its_code(template: str, code: str, word: str) -> None:
    html = part(template, status=code)
    assert words(html) == word
    assert f'data-code="{code}"' in html
    assert set(re.findall(r"sprite[^#]*#([\w-]+)", html)) <= SYMBOLS


def test_the_live_part_brings_every_chip_to_copy() -> None:
    html = part("live", live_url="/api/v1/live?stations=1&bookings=2")
    assert 'data-live-url="/api/v1/live?stations=1&amp;bookings=2"' in html
    assert set(re.findall(r'data-code="(\w+)"', html)) == EVSE_WORDS.keys() | BOOKING_WORDS.keys()


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    templates = [
        *settings.BASE_DIR.glob("templates/**/*.html"),
        *settings.BASE_DIR.glob("*/templates/**/*.html"),
    ]
    named = {icon for path in templates for icon in NAMES_AN_ICON.findall(path.read_text())}
    assert named - SYMBOLS == set()


def test_a_quote_names_each_line_with_quantity_price_and_tax_and_the_total() -> None:
    energy = {
        "dimension": "ENERGY",
        "description": "Energy",
        "quantity": Decimal("42.5"),
        "unit": "kWh",
        "unit_price": Money(Decimal("0.59"), "EUR"),
        "amount": Money(Decimal("25.08"), "EUR"),
        "vat": "19",
    }
    start = {
        "dimension": "FLAT",
        "description": "Start",
        "quantity": Decimal(1),
        "unit": "1",
        "unit_price": Money(Decimal("0.50"), "EUR"),
        "amount": Money(Decimal("0.50"), "EUR"),
        "vat": None,
    }
    html = part("quote", quote={"lines": [energy, start], "total": Money(Decimal("25.58"), "EUR")})
    assert words(html) == (
        "What it costs What Amount Energy 42.5 kWh × 0.59 EUR/kWh, 19 % VAT 25.08 EUR Start 0.50 EUR Total 25.58 EUR"
    )


def test_pages_keep_the_other_filters() -> None:
    request = RequestFactory().get("/", {"q": "Altona", "page": "2"})
    page = Paginator(range(30), 10).page(2)
    html = render_to_string("_parts/pagination.html", {"page": page}, request=request)
    assert 'rel="prev" href="?q=Altona&amp;page=1"' in html
    assert 'rel="next" href="?q=Altona&amp;page=3"' in html
    assert "Page 2 of 3" in words(html)


class CarForm(forms.Form):
    name = forms.CharField(help_text="As you call it.")
    note = forms.CharField(required=False)
    agree = forms.BooleanField(label="I agree")


def test_a_form_ties_help_and_errors_to_the_field_and_sums_them_up() -> None:
    html = str(CarForm({"name": "", "note": "x"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert '<a href="#id_name">Name</a>: This field is required.' in html
    assert '<a href="#id_agree">I agree</a>: This field is required.' in html
    assert html.count("form-errors__title") == 1


def test_a_form_without_mistakes_has_no_summary_and_marks_what_is_optional() -> None:
    html = str(CarForm())
    assert "form-errors" not in html
    assert "Note (optional)" in words(html)
    assert "Name (optional)" not in words(html)


@pytest.mark.parametrize("template", ["400", "403", "403_csrf", "404", "429", "500"])
def test_an_error_page_renders_without_any_context(template: str) -> None:
    html = render_to_string(f"{template}.html")
    assert html.count("<h1") == 1
    assert "state__text" in html
