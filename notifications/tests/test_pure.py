"""Quiet hours, segments, times and names: arithmetic that needs no database."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evbooking.core import when
from evbooking.core.plain_text import clean
from notifications import segments
from notifications.facts import money
from notifications.quiet import after_quiet, next_digest
from notifications.sandbox.segments import count as counted_by_the_sandbox
from notifications.services.signins import browser_name

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = (time(22), time(7))
SIESTA = (time(13), time(15))
SHORT = (time(0), time(2, 30))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "hours", "then"),
    [
        ("2026-12-01 12:00", NIGHT, "2026-12-01 12:00"),
        ("2026-12-01 21:59", NIGHT, "2026-12-01 21:59"),
        ("2026-12-01 22:00", NIGHT, "2026-12-02 07:00"),
        ("2026-12-02 03:00", NIGHT, "2026-12-02 07:00"),
        ("2026-12-02 07:00", NIGHT, "2026-12-02 07:00"),
        ("2026-12-01 14:00", SIESTA, "2026-12-01 15:00"),
        ("2026-12-01 15:00", SIESTA, "2026-12-01 15:00"),
        ("2026-12-01 23:00", (None, None), "2026-12-01 23:00"),
        ("2026-03-28 23:00", NIGHT, "2026-03-29 07:00"),  # the night that has an hour less
        ("2026-10-24 23:00", NIGHT, "2026-10-25 07:00"),
    ],
)
def test_what_can_wait_waits_for_the_end_of_the_quiet_hours(
    now: str, hours: tuple[time | None, time | None], then: str
) -> None:
    assert after_quiet(at(now), BERLIN, *hours) == at(then)


def test_quiet_hours_that_end_in_an_hour_that_comes_twice_last_until_they_are_over() -> None:
    again = datetime.fromisoformat("2026-10-25T01:10:00+00:00")  # 02:10 for the second time
    assert after_quiet(again, BERLIN, *SHORT) == datetime.fromisoformat("2026-10-25T01:30:00+00:00")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-12-01 07:59", "2026-12-01 08:00"),
        ("2026-12-01 08:00", "2026-12-02 08:00"),
        ("2026-03-28 20:00", "2026-03-29 08:00"),
    ],
)
def test_the_digest_comes_at_eight(now: str, then: str) -> None:
    assert next_digest(at(now), BERLIN) == at(then)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 10, 2),
        ("a" * 152 + "€" + "a" * 152, 3),  # the euro sign is not split over two segments
        ("ą" * 70, 1),
        ("ą" * 71, 2),
        ("🚗" * 35, 1),
        ("🚗" * 36, 2),
    ],
)
def test_segments_are_counted_as_networks_do(text: str, parts: int) -> None:
    assert segments.count(text) == parts


@given(st.text(alphabet=st.sampled_from("ab€{äß–ą🚗\n"), max_size=400))
def test_two_reckonings_of_segments_agree(text: str) -> None:
    assert segments.count(text) == counted_by_the_sandbox(text)


@given(st.text(max_size=800), st.sampled_from([1, 2, 3]))
def test_a_shortened_text_fits_and_keeps_its_link(text: str, most: int) -> None:
    tail = " https://book.example.org/x/"
    short = segments.shorten(text, tail, most=most)
    assert segments.count(short) <= most
    assert short.endswith(tail)


def test_a_text_that_fits_stays_whole() -> None:
    assert segments.shorten("Harbour", " link", most=3) == "Harbour link"


def test_typographic_marks_do_not_double_the_price() -> None:
    assert segments.is_gsm(segments.plain("Tue 1 Dec 13:00–14:00 … “Harbour”’s"))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Tue 1 Dec 13:00"), ("de", "Di 1. Dez. 13:00"), ("fr", "Tue 1 Dec 13:00")]
)
def test_times_are_said_in_the_language_on_the_sites_clock(language: str, said: str) -> None:
    assert when.time(at("2026-12-01 13:00"), BERLIN, language) == said


def test_an_hour_that_comes_twice_is_named() -> None:
    first = datetime.fromisoformat("2026-10-25T00:30:00+00:00")
    second = datetime.fromisoformat("2026-10-25T01:30:00+00:00")
    assert when.clock(first, BERLIN) == "02:30 CEST"
    assert when.clock(second, BERLIN) == "02:30 CET"
    assert when.span(first, second, BERLIN) == "02:30 CEST–02:30 CET"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Harbour\r\nBcc: all@example.org", "Harbour Bcc: all@example.org"),
        ("\u202eevil\u202c", "evil"),
        ("<b>Harbour</b>", "<b>Harbour</b>"),
        ("x" * 500, "x" * 119 + "…"),
        ("ميناء", "\u2068ميناء\u2069"),
        ("a\u2028b\x00c", "a b c"),
    ],
)
def test_names_that_others_chose_can_do_no_harm(name: str, shown: str) -> None:
    assert clean(name) == shown


def test_money_is_written_in_the_language() -> None:
    assert money({"amount": "1234.5", "currency": "EUR"}, "en") == "1234.50 EUR"
    assert money({"amount": "1234.5", "currency": "EUR"}, "de") == "1234,50 EUR"
    assert money({"amount": "0", "currency": "EUR"}, "en") == ""


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Windows"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
            "Chrome on Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("", "An app"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(agent: str, name: str) -> None:
    assert browser_name(agent) == name
