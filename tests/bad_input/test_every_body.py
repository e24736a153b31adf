"""What no operation accepts as a body: refused by its code, and nothing is changed."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.models import IdempotencyKey
from tests.api_requests import REQUESTS
from tests.bad_input.unchanged import unchanged
from tests.world import World

WRITES = [name for name in REQUESTS if not name.startswith("GET")]
UPLOADS = {name for name in WRITES if name.endswith("/images")}
JSON_WRITES = [name for name in WRITES if name not in UPLOADS]
BODILESS = {name for name in WRITES if name.startswith("DELETE")} - {"DELETE /me"}  # only the path counts


def send(
    name: str,
    world: World,
    tokens: dict[str, str],
    body: Any = None,
    *,
    path: dict[str, str] | None = None,
    **more: Any,
) -> Any:
    """The operation by who may, at its seeded object, with this body instead of the one that succeeds."""
    method, route = name.split()
    where = f"/api/v1{route.format(**(path or REQUESTS[name].filled('path', world)))}"
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    options = {"content_type": "application/json", "headers": {}, **more}
    options["headers"] = {"X-Session-Token": tokens[REQUESTS[name].who], **options["headers"]}
    return APIClient().generic(method, where, content, **options)  # type: ignore[arg-type]  # the stubs know only text


def refusals(world: World, tokens: dict[str, str], names: list[str], *body: Any, **more: Any) -> set[Any]:
    """Status and code of each operation's answer, after seeing that none changed anything."""
    with unchanged():
        answers = (
            send(name, world, tokens, *body, **more) for name in names
        )  # one at a time: they hold the body
        return {(answer.status_code, answer.json()["code"]) for answer in answers}


def test_a_row_that_was_changed_would_be_seen(world: World) -> None:
    with pytest.raises(AssertionError), unchanged():
        User.objects.filter(pk=world.people["driver"].pk).update(name="Somebody else")


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"text"', b'{"a": NaN}', b'{"a": -Infinity}', b'{"a": "\xff"}', b'{"a": "\\ud800"}'],
    ids=["truncated", "a list", "a text", "NaN", "infinity", "no UTF-8", "half a character"],
)
def test_what_is_no_json_object_is_malformed_everywhere(
    body: bytes, world: World, tokens: dict[str, str]
) -> None:
    assert refusals(world, tokens, JSON_WRITES, body) == {(400, "malformed_body")}


def test_five_megabytes_are_too_large_everywhere(world: World, tokens: dict[str, str]) -> None:
    body = {"name": "x" * 5_000_000}
    assert refusals(world, tokens, JSON_WRITES, body) == {(413, "body_too_large")}


def test_a_form_is_no_supported_media_type(world: World, tokens: dict[str, str]) -> None:
    form = "application/x-www-form-urlencoded"
    found = refusals(world, tokens, WRITES, b"name=x", content_type=form)
    assert found == {(415, "unsupported_media_type")}


@pytest.mark.parametrize("name", [name for name in JSON_WRITES if name not in BODILESS])
def test_a_field_that_does_not_exist_is_refused(name: str, world: World, tokens: dict[str, str]) -> None:
    with unchanged():
        answer = send(name, world, tokens, {**(_body(name, world) or {}), "colour": "red"})
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("colour", "unknown_field")
    ]


UNKNOWN = {"reference": "ZZZZZZZZ", "uid": "nowhere", "number": "99"}
NO_ID = "00000000-0000-4000-8000-000000000000"
NAMING = [name for name in JSON_WRITES if "{" in name]


def test_what_is_not_there_is_not_found_whatever_the_body_says(world: World, tokens: dict[str, str]) -> None:
    for name in NAMING:
        nowhere = {parameter: UNKNOWN.get(parameter, NO_ID) for parameter in REQUESTS[name].path}
        with unchanged():
            answer = send(name, world, tokens, {"colour": "red"}, path=nowhere)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), name


def _body(name: str, world: World) -> Any:
    return REQUESTS[name].filled("body", world)


@pytest.mark.parametrize("key", ["two words", "ä", "x" * 256], ids=["a space", "no ASCII", "too long"])
def test_a_key_that_is_none_is_refused_everywhere(key: str, world: World, tokens: dict[str, str]) -> None:
    header = {"Idempotency-Key": key.encode().decode("latin-1")}
    found = refusals(world, tokens, JSON_WRITES, {}, headers=header)
    assert found == {(422, "invalid_idempotency_key")}
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("name", JSON_WRITES)
def test_the_same_key_does_the_work_once_and_refuses_another_body(
    name: str, world: World, tokens: dict[str, str]
) -> None:
    header, body = {"Idempotency-Key": "once"}, _body(name, world) or {}
    first = send(name, world, tokens, body, headers=header)
    assert first.status_code < 300
    if name == "DELETE /me":  # whoever had the key is gone
        return
    with unchanged():
        second = send(name, world, tokens, body, headers=header)
        other = send(name, world, tokens, {**body, "colour": "red"}, headers=header)
    assert (second.status_code, second.content) == (first.status_code, first.content)
    assert second["Idempotent-Replay"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
