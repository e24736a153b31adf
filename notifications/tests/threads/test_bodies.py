"""What people write is kept as text and nothing else, and shown as that."""

import pytest

from evbooking.core.errors import Invalid
from notifications.bodies import clean_body, quoted
from notifications.templatetags.thread_words import linked

REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Hello\r\nthere  ", "Hello\nthere"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("one\n\n\n\n\ntwo", "one\n\ntwo"),
        ("one\u2028two\u2029three", "one\ntwo\nthree"),
        ("abc\u202edcba\u2066", "abcdcba"),
        ("tab\tstays", "tab\tstays"),
        ("👍", "👍"),
        ("<script>", "<script>"),
        ("שלום\u200fעולם", "שלום\u200fעולם"),
    ],
)
def test_a_text_is_kept_without_what_could_reorder_or_control(typed: str, kept: str) -> None:
    assert clean_body(typed) == kept


@pytest.mark.parametrize("typed", ["", " ", "\u200b", "\u202e\u0000", "\n\n"])
def test_what_shows_nothing_is_nothing(typed: str) -> None:
    with pytest.raises(Invalid):
        clean_body(typed)


def test_every_line_of_a_quote_stands_behind_a_mark() -> None:
    assert quoted("one\n\n> two\nthree") == "> one\n>\n> > two\n> three"
    assert quoted("x" * 5000) == "> " + "x" * 1499 + "…"


def test_a_line_from_right_to_left_is_isolated() -> None:
    assert quoted("שלום\nhello") == "> \u2068שלום\u2069\n> hello"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "see https://a.example/?a=1&b=2.",
            f'see <a href="https://a.example/?a=1&amp;b=2" {REL}>https://a.example/?a=1&amp;b=2</a>.',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("data:text/html,<b>", "data:text/html,&lt;b&gt;"),
        ('"><evil onclick=x()>', "&quot;&gt;&lt;evil onclick=x()&gt;"),
        ("www.example.com a@b.example", "www.example.com a@b.example"),
    ],
)
def test_only_addresses_of_the_web_are_links(text: str, html: str) -> None:
    assert linked(text) == html


def test_an_address_cannot_leave_its_attribute() -> None:
    assert linked('https://a.example/"onmouseover=x') == (
        f'<a href="https://a.example/" {REL}>https://a.example/</a>&quot;onmouseover=x'
    )
