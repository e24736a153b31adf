"""Bodies and query parameters: what cannot be accepted is named by its code, and nothing is done."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.models import EventSubject

NOTES = "/api/test/notes"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def client(api: Api, driver: User) -> APIClient:
    return api(driver)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"[]",
        b'"text"',
        b"null",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b'{"text": 1e999}',
        b'{"text": "\xff"}',
        b'{"text": "\\ud800"}',
        b'\xef\xbb\xbf{"text": "hello"}',
        b'{"text": ' + b"[" * 100_000,
        b'{"text": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_malformed(client: APIClient, body: bytes) -> None:
    response = client.post(NOTES, body, content_type="application/json")
    if body == b"":
        assert (response.status_code, response.json()["code"]) == (422, "required")
    else:
        assert (response.status_code, response.json()["code"]) == (400, "malformed_body")
    assert not EventSubject.objects.exists()


def test_a_body_over_one_megabyte_is_too_large(client: APIClient) -> None:
    response = client.post(NOTES, {"text": "x" * 5_000_000}, format="json")
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert not EventSubject.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_is_not_json_is_an_unsupported_media_type(client: APIClient, content_type: str) -> None:
    response = client.generic("POST", NOTES, "text=hello", content_type=content_type)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert not EventSubject.objects.exists()


def test_a_charset_beside_the_media_type_is_fine(client: APIClient) -> None:
    response = client.generic(
        "POST", NOTES, '{"text": "hello"}', content_type="application/json; charset=utf-8"
    )
    assert response.status_code == 201


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "text", "required"),
        ({"text": ""}, "text", "required"),
        ({"text": None}, "text", "invalid"),
        ({"text": {}}, "text", "invalid"),
        ({"text": "a\0b"}, "text", "invalid"),
        ({"text": "x" * 21}, "text", "too_long_text"),
        ({"text": "a", "colour": 1}, "colour", "unknown_field"),
        ({"text": "a", "at": "2026-12-01T08:00:00"}, "at", "naive_time"),
        ({"text": "a", "at": "2026-12-01"}, "at", "invalid"),
        ({"text": "a", "at": "tomorrow"}, "at", "invalid"),
        ({"text": "a", "at": 1796112000}, "at", "invalid"),
        ({"text": "a", "at": "2026-02-30T08:00:00Z"}, "at", "invalid"),
        ({"text": "a", "at": "0001-01-01T00:00:00+14:00"}, "at", "invalid"),
        ({"text": "a", "energy_kwh": "-1"}, "energy_kwh", "out_of_range"),
        ({"text": "a", "energy_kwh": "100000"}, "energy_kwh", "out_of_range"),
        ({"text": "a", "energy_kwh": "NaN"}, "energy_kwh", "invalid"),
        ({"text": "a", "energy_kwh": True}, "energy_kwh", "invalid"),
        ({"text": "a", "energy_kwh": "0.001"}, "energy_kwh", "invalid"),
        ({"text": "a", "price": "1 EUR"}, "price", "invalid"),
        ({"text": "a", "price": {"amount": "1", "currency": "XXX"}}, "price", "invalid"),
        ({"text": "a", "tags": "abc"}, "tags", "invalid"),
        ({"text": "a", "tags": ["abc", "abcd"]}, "tags.1", "too_long_text"),
    ],
)
def test_one_violated_field_lends_its_code(
    client: APIClient, body: dict[str, Any], field: str, code: str
) -> None:
    response = client.post(NOTES, body, format="json")
    problem = response.json()
    assert (response.status_code, problem["status"], problem["code"]) == (422, 422, code)
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert problem["type"] == f"urn:evbooking:problem:{code}"
    assert response["Content-Type"] == "application/problem+json"
    assert not EventSubject.objects.exists()


def test_several_violated_fields_are_all_named_in_field_order(client: APIClient) -> None:
    response = client.post(
        NOTES, {"zebra": 1, "energy_kwh": "x", "at": "2026-12-01T08:00", "alpha": 1}, format="json"
    )
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, "invalid")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [
        ("text", "required"),
        ("at", "naive_time"),
        ("energy_kwh", "invalid"),
        ("alpha", "unknown_field"),
        ("zebra", "unknown_field"),
    ]
    assert not EventSubject.objects.exists()


def test_values_come_back_as_the_contract_writes_them(client: APIClient) -> None:
    body = {
        "text": "hello",
        "at": "2026-12-01T09:00:00+01:00",
        "energy_kwh": 30.50,
        "price": {"amount": "1.5", "currency": "EUR"},
        "tags": ["a"],
    }
    response = client.post(NOTES, body, format="json")
    assert response.json()["note"] == {
        "text": "hello",
        "at": "2026-12-01T08:00:00Z",
        "energy_kwh": "30.5",
        "price": {"amount": "1.50", "currency": "EUR"},
        "tags": ["a"],
    }


def test_unknown_and_empty_query_parameters_are_ignored_and_the_last_of_two_counts(client: APIClient) -> None:
    response = client.get(f"{NOTES}?colour=red&text=&limit=3&limit=4")
    assert response.json() == {"limit": 4}


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("limit=0", "limit", "out_of_range"),
        ("limit=x", "limit", "invalid"),
        ("text=abcdef", "text", "too_long_text"),
    ],
)
def test_a_query_parameter_that_cannot_be_accepted_is_named(
    client: APIClient, query: str, field: str, code: str
) -> None:
    response = client.get(f"{NOTES}?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == field
    assert response.json()["code"] == code


def test_a_domain_error_carries_its_code_and_its_extra(client: APIClient) -> None:
    response = client.post(NOTES, {"text": "gone"}, format="json")
    assert response.status_code == 409
    assert json.loads(response.content) == {
        "type": "urn:evbooking:problem:slot_gone",
        "title": "The slot is gone.",
        "status": 409,
        "code": "slot_gone",
        "detail": "Someone took it.",
        "errors": [],
        "alternatives": [1, 2],
    }
