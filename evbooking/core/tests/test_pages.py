"""Lists in pages, and reads that are answered by 304."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from evbooking.core.api.etag import etag_of
from evbooking.core.models import EventSubject

COUNTERS = "/api/test/counters"
NUMBERS = "/api/test/numbers"


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    """Six rows, ordered f e d c b a by (-last, subject): two share each value of `last`."""
    EventSubject.objects.bulk_create(
        EventSubject(subject=name, last=last)
        for name, last in [("a", 1), ("b", 1), ("c", 2), ("d", 2), ("e", 3), ("f", 3)]
    )


def get(url: str, **params: Any) -> Any:
    response = APIClient().get(url, params)
    assert response.status_code == 200, response.content
    return response.json()


def test_a_short_list_has_no_neighbours() -> None:
    assert get(COUNTERS) == {"next": None, "previous": None, "results": ["e", "f", "c", "d", "a", "b"]}


def test_pages_lead_forth_and_back_over_equal_values() -> None:
    first = get(COUNTERS, page_size=3)
    second = get(first["next"])
    assert (first["results"], first["previous"]) == (["e", "f", "c"], None)
    assert (second["results"], second["next"]) == (["d", "a", "b"], None)
    back = get(second["previous"])
    assert (back["results"], back["previous"]) == (["e", "f", "c"], None)
    assert get(back["next"])["results"] == ["d", "a", "b"]


def test_a_middle_page_leads_back_to_the_one_before() -> None:
    third = get(get(get(COUNTERS, page_size=2)["next"])["next"])
    assert third["results"] == ["a", "b"]
    second = get(third["previous"])
    assert (second["results"], get(second["previous"])["results"]) == (["c", "d"], ["e", "f"])


def test_rows_added_before_a_page_do_not_shift_it() -> None:
    first = get(COUNTERS, page_size=2)
    EventSubject.objects.create(subject="z", last=9)
    assert get(first["next"])["results"] == ["c", "d"]


def test_the_next_address_keeps_the_filters() -> None:
    query = parse_qs(urlsplit(get(COUNTERS, page_size=2, q="x")["next"]).query)
    assert (query["page_size"], query["q"], len(query["cursor"])) == (["2"], ["x"], 1)


def test_a_computed_order_pages_by_offset() -> None:
    first = get(NUMBERS, page_size=3)
    second = get(first["next"])
    third = get(second["next"])
    assert [first["results"], second["results"], third["results"]] == [[0, 1, 2], [3, 4, 5], [6]]
    assert (first["previous"], third["next"]) == (None, None)
    assert get(third["previous"])["results"] == [3, 4, 5]


@pytest.mark.parametrize(
    ("asked", "size"), [("1", 1), ("200", 200), ("201", 200), ("9" * 400, 200), ("", 50), ("007", 7)]
)
def test_page_size_is_1_to_200_and_more_counts_as_200(asked: str, size: int) -> None:
    EventSubject.objects.bulk_create(EventSubject(subject=f"n{n}", last=0) for n in range(300))
    assert len(get(COUNTERS, page_size=asked)["results"]) == size


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "٣", "1e2", "000"])
def test_a_page_size_that_is_no_positive_number_is_refused(asked: str) -> None:
    response = APIClient().get(COUNTERS, {"page_size": asked})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.json()["errors"][0]["field"] == "page_size"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "ä",
        "e30=",
        "W10=",
        "W3RydWVd",
        "WzEsMiwzXQ==",
        "W2ZhbHNlLCJ4IiwiYSJd",
        "W2ZhbHNlLDEsIlx1MDAwMCJd",
        "W2ZhbHNlLG51bGwsbnVsbF0=",
    ],
)
@pytest.mark.parametrize("url", [COUNTERS, NUMBERS])
def test_a_cursor_that_is_not_ours_is_refused(url: str, cursor: str) -> None:
    response = APIClient().get(url, {"cursor": cursor})
    assert (response.status_code, response.json()["code"]) == (422, "invalid")
    assert response.json()["errors"][0]["field"] == "cursor"


def test_an_offset_beyond_reason_is_refused() -> None:
    assert APIClient().get(NUMBERS, {"cursor": "WzEwMDAwMDAwMV0="}).status_code == 422


def test_a_known_state_is_answered_by_304_without_a_body() -> None:
    client = APIClient()
    etag = client.get("/api/test/state")["ETag"]
    assert etag == etag_of(6)
    response = client.get("/api/test/state", HTTP_IF_NONE_MATCH=f'"other", {etag}')
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)


def test_a_changed_state_is_answered_in_full() -> None:
    client = APIClient()
    etag = client.get("/api/test/state")["ETag"]
    EventSubject.objects.create(subject="new", last=1)
    response = client.get("/api/test/state", HTTP_IF_NONE_MATCH=etag)
    assert (response.status_code, response.json()) == (200, {"body": "built"})
    assert response["ETag"] != etag
