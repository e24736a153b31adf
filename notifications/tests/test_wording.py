"""The words of every kind, in every language, by every channel, held against golden files.

`GOLDEN=write pytest notifications/tests/test_wording.py` writes them anew; look at the difference.
"""

import os
import re
from pathlib import Path

import pytest

from notifications import wording
from notifications.channels.sms import body_of
from notifications.kinds import KINDS
from notifications.mails import compose, wording_of
from notifications.models import PhoneNumber
from notifications.segments import count
from notifications.tests.samples import all_kinds, sample
from notifications.wording import LANGUAGES, catalogue

GOLDEN = Path(__file__).parent / "golden"
_TOKEN = re.compile(r"(unsubscribe|by-link|watches/end)/[^/\s\"]+")
_NUMBER = PhoneNumber(number="+4915112345678", code="abcdefghij")


def by_mail(kind: str, language: str) -> str:
    mail = compose([sample(kind, language)])
    return f"Subject: {mail.subject}\n\n{mail.text}"


def by_html(kind: str, language: str) -> str:
    return compose([sample(kind, language)]).html


def by_text(kind: str, language: str) -> str:
    message = sample(kind, language, "sms")
    message.text = wording_of(message).short
    body = body_of(message, _NUMBER)
    return f"{body}\n[{count(body)}]"


def by_push(kind: str, language: str) -> str:
    words = wording_of(sample(kind, language, "push"))
    return f"{words.title}\n{words.short}"


CHANNELS = {"mail.txt": by_mail, "mail.html": by_html, "sms.txt": by_text, "push.txt": by_push}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_kind_says_what_its_golden_file_says(channel: str, language: str) -> None:
    parts = [f"=== {kind}\n{CHANNELS[channel](kind, language).strip()}\n" for kind in all_kinds()]
    said = _TOKEN.sub(r"\1/TOKEN", "\n".join(parts))
    path = GOLDEN / f"{language}.{channel}"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(said)
    assert said == path.read_text()


def test_both_languages_have_the_same_words_for_every_kind() -> None:
    english, german = (catalogue(language) for language in LANGUAGES)
    assert {section: set(parts) for section, parts in english.items()} == {
        section: set(parts) for section, parts in german.items()
    }
    assert set(KINDS) <= set(english)


@pytest.mark.parametrize("kind", all_kinds())
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_fact_is_missing_from_a_sentence(kind: str, language: str) -> None:
    words = wording_of(sample(kind, language))
    for line in (words.title, words.short, *words.paragraphs, words.action):
        assert line
        assert not re.search(r"\{|\}|None|  |\( ?\)| [,.:]|: *$", line), line


@pytest.mark.parametrize("kind", all_kinds())
def test_a_text_message_of_any_kind_takes_at_most_three_segments(kind: str) -> None:
    for language in LANGUAGES:
        assert int(by_text(kind, language).rsplit("[", 1)[1].rstrip("]")) <= 3


def test_what_others_chose_does_no_harm_in_any_part_of_a_mail() -> None:
    evil = "<script>alert(1)</script>\r\nBcc: all@example.org " + "x" * 500
    mail = compose([sample("booking_canceled", "en", station=evil, reason=evil)])
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "<script>" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert len(mail.subject) < 200


def test_a_name_with_an_ampersand_is_escaped_where_mails_are_html_and_only_there() -> None:
    mail = compose([sample("booking_reserved", "en", station="Wind & Sun's")])
    assert mail.subject == "Reserved: Wind & Sun's, Tue 1 Dec 13:00–14:15"
    assert "Place: Wind & Sun's" in mail.text
    assert "<title>Reserved: Wind &amp; Sun&#x27;s, Tue 1 Dec" in mail.html


def test_a_template_of_a_name_is_only_text() -> None:
    words = wording_of(sample("booking_reserved", "en", station="{{ name }}{% debug %}"))
    assert "{{ name }}{% debug %}" in words.title


@pytest.mark.parametrize(
    ("kind", "facts", "said"),
    [
        (
            "payment_failed",
            {"reason": "Your card has expired.", "code": "expired_card"},
            "Die Karte ist abgelaufen.",
        ),
        ("payment_failed", {"reason": "No.", "code": "generic_decline"}, "Die Karte wurde abgelehnt."),
        ("sms_disabled", {"error": "nobody has it", "code": "30005"}, "niemand hat sie"),
        ("sms_disabled", {"error": "it cannot be reached", "code": "21214"}, "sie ist nicht erreichbar"),
    ],
)
def test_what_a_provider_said_in_english_is_said_in_german(
    kind: str, facts: dict[str, str], said: str
) -> None:
    text = " ".join(wording_of(sample(kind, "de", **facts)).paragraphs)
    assert said in text
    for english in filter(None, (facts.get("reason"), facts.get("error"))):
        assert english not in text


def test_a_language_without_words_is_told_in_english() -> None:
    assert wording.known_language("fr") == "en"
    assert wording_of(sample("booking_reserved", "fr")).action == "See the booking"


def test_a_driver_from_elsewhere_reads_whose_time_it_is() -> None:
    message = sample("booking_reserved", "en")
    message.recipient.time_zone = "Europe/Lisbon"
    assert wording_of(message).title == "Reserved: Harbour, Tue 1 Dec 13:00–14:15 (Berlin time)"
