"""What no parameter of a read accepts: refused at its name, and nothing is changed."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api_requests import REQUESTS
from tests.bad_input.unchanged import unchanged
from tests.contract.document import operations, resolve
from tests.world import World

READS = [name for name in REQUESTS if name.startswith("GET")]
TIMES = {"from", "to", "date_from", "date_to", "available_from", "available_to", "updated_since"}
NUMBERS = {"lat", "lon", "radius_km", "min_power_kw", "limit", "duration_minutes"}


def ask(name: str, world: World, tokens: dict[str, str], **change: str) -> Any:
    request = REQUESTS[name]
    where = f"/api/v1{name.split()[1].format(**request.filled('path', world))}"
    headers = {"X-Session-Token": tokens[request.who]}
    with unchanged():
        return APIClient().get(where, {**request.filled("query", world), **change}, headers=headers)


def parameters(name: str) -> dict[str, Any]:
    """The shapes of an operation's query parameters."""
    found = operations()[name]["parameters"]
    return {each["name"]: resolve(each["schema"]) for each in found if each["in"] == "query"}


def with_parameter(names: set[str]) -> list[tuple[str, str]]:
    return [(read, name) for read in READS for name in sorted(names & set(parameters(read)))]


def refusal(answer: Any) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(error["field"], error["code"]) for error in answer.json().get("errors", [])]


def test_a_time_without_its_offset_is_naive(world: World, tokens: dict[str, str]) -> None:
    walked = with_parameter(TIMES)
    for read, name in walked:
        answer = ask(read, world, tokens, **{name: "2026-12-01T08:00:00"})
        assert refusal(answer) == (422, [(name, "naive_time")]), read
    assert {name for _, name in walked} == TIMES


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00:00Z", "1796112000", "\x00", "2026-12-01T25:00Z"])
def test_a_time_that_is_none_is_invalid(text: str, world: World, tokens: dict[str, str]) -> None:
    for read, name in with_parameter(TIMES):
        assert refusal(ask(read, world, tokens, **{name: text})) == (422, [(name, "invalid")]), read


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "x", "1e999", "'; DROP TABLE x; --"])
def test_a_number_that_is_none_is_refused(text: str, world: World, tokens: dict[str, str]) -> None:
    walked = with_parameter(NUMBERS)
    for read, name in walked:
        status, errors = refusal(ask(read, world, tokens, **{name: text}))
        assert (status, [field for field, _ in errors]) == (422, [name]), read
        assert errors[0][1] in {"invalid", "out_of_range"}, read
    assert {name for _, name in walked} == NUMBERS


@pytest.mark.parametrize(
    ("name", "text"), [("lat", "90.01"), ("lat", "-91"), ("lon", "180.5"), ("lon", "-1e9")]
)
def test_a_place_outside_the_world_is_out_of_range(
    name: str, text: str, world: World, tokens: dict[str, str]
) -> None:
    for read, _ in with_parameter({name}):
        answer = ask(read, world, tokens, **{name: text})
        assert refusal(answer) == (422, [(name, "out_of_range")]), read


def test_a_huge_page_is_a_full_page_and_none_is_refused(world: World, tokens: dict[str, str]) -> None:
    walked = with_parameter({"page_size"})
    for read, _ in walked:
        assert ask(read, world, tokens, page_size="1000000000000").status_code == 200, read
        assert refusal(ask(read, world, tokens, page_size="0")) == (422, [("page_size", "invalid")]), read
        assert refusal(ask(read, world, tokens, cursor="x")) == (422, [("cursor", "invalid")]), read
    assert len(walked) >= 15


def test_parameters_that_do_not_exist_are_ignored(world: World, tokens: dict[str, str]) -> None:
    for read in READS:
        expected = 307 if read == "GET /live" else 200
        assert ask(read, world, tokens, colour="'; DROP TABLE x; --").status_code == expected, read
