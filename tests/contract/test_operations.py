"""Every operation under generated requests of three people: no fault, and no answer the document does not know.

Each request runs in a transaction that is rolled back, so that the seeded world is there for the next one.
The number of generated requests for an operation is CONTRACT_EXAMPLES. Without it the same few are made each
time; `make contract` asks for many, and for others each time.
"""

import os
from collections import Counter
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks

from tests.api_requests import REQUESTS, Request
from tests.contract.document import PREFIX, document, operations
from tests.undone import undone
from tests.world import World

ASKED_FOR = os.environ.get("CONTRACT_EXAMPLES")
EXAMPLES = int(ASKED_FOR or 15)
PEOPLE = ("driver", "owner", "administrator")
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
Operation = APIOperation[Any, Any, Any, Any]
pytestmark = [pytest.mark.contract, pytest.mark.usefixtures("one_connection")]


@cache
def described() -> dict[str, Operation]:
    return bound(document())


def bound(described_by: dict[str, Any]) -> dict[str, Operation]:
    """schemathesis's operations by `METHOD /path`, bound to our WSGI application."""
    schema = schemathesis.openapi.from_dict(described_by)
    schema.app = WSGIHandler()
    found = (one.ok() for one in schema.get_all_operations() if isinstance(one, Ok))
    return {f"{one.method.upper()} {one.path.removeprefix(PREFIX)}": one for one in found}


def send(case: Any, token: str) -> int:
    """The status of the answer, after all checks of it, with what it changed undone."""
    with undone():
        answer = case.call(headers={"X-Session-Token": token})
    case.validate_response(answer, checks=CHECKS)
    return int(answer.status_code)


def seeded_case(operation: Operation, request: Request, world: World) -> Any:
    body = request.filled("body", world)
    media = next(iter(operations_body(operation)), "application/json")
    return operation.Case(
        path_parameters=request.filled("path", world),
        query=request.filled("query", world),
        **({} if body is None else {"body": body, "media_type": media}),
    )


def operations_body(operation: Operation) -> dict[str, Any]:
    name = f"{operation.method.upper()} {operation.path.removeprefix(PREFIX)}"
    content: dict[str, Any] = operations()[name].get("requestBody", {}).get("content", {})
    return content


@st.composite
def mixed_cases(draw: st.DrawFn, operation: Operation, seeded: Any) -> Any:
    """A generated request, valid or not, that keeps a drawn choice of the seeded request's parts."""
    case = draw(operation.as_strategy(draw(st.sampled_from(list(GenerationMode)))))
    if draw(st.sampled_from([True, True, True, False])):
        case.path_parameters = dict(seeded.path_parameters)
    if draw(st.booleans()):
        case.query = {**seeded.query, **_some(draw, case.query)}
    if isinstance(seeded.body, dict) and isinstance(case.body, dict) and draw(st.booleans()):
        case.body = {**seeded.body, **_some(draw, case.body)}
    return case


def _some(draw: st.DrawFn, given_values: Any) -> dict[str, Any]:
    """At most two entries."""
    names = sorted(given_values or {}, key=str)
    kept = draw(st.lists(st.sampled_from(names), max_size=2, unique=True)) if names else []
    return {name: given_values[name] for name in kept}


@pytest.mark.parametrize("name", REQUESTS)
def test_an_operation_answers_as_the_document_says(name: str, world: World, tokens: dict[str, str]) -> None:
    operation, request = described()[name], REQUESTS[name]
    seeded = seeded_case(operation, request, world)
    answers: Counter[int] = Counter()
    for person in {request.who, *PEOPLE}:
        answers[send(seeded, tokens[person])] += 1

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=not ASKED_FOR,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=mixed_cases(operation, seeded), person=st.sampled_from(PEOPLE))
    def generated(case: Any, person: str) -> None:
        answers[send(case, tokens[person])] += 1

    generated()
    assert answers.total() >= EXAMPLES + len(PEOPLE)
    assert succeeded(name) & set(answers), f"no success among {dict(answers)}"


def succeeded(name: str) -> set[int]:
    """The documented 2xx statuses; of the live stream, which another process serves, the redirect to it."""
    documented = {int(status) for status in operations()[name]["responses"]}
    return {status for status in documented if 200 <= status < 300} or {307}


def test_an_answer_that_is_not_documented_would_be_seen(world: World, tokens: dict[str, str]) -> None:
    silent = deepcopy(document())
    del silent["paths"][f"{PREFIX}/bookings/{{reference}}"]["get"]["responses"]["404"]
    operation = bound(silent)["GET /bookings/{reference}"]
    with pytest.raises(FailureGroup, match="Undocumented status code"):
        send(operation.Case(path_parameters={"reference": "ZZZZZZZZ"}), tokens["driver"])


def test_an_answer_of_another_shape_would_be_seen(world: World, tokens: dict[str, str]) -> None:
    other = deepcopy(document())
    other["components"]["schemas"]["Me"]["properties"]["roles"] = {"type": "integer"}
    with pytest.raises(FailureGroup, match="Response violates schema"):
        send(bound(other)["GET /me"].Case(), tokens["driver"])


def test_every_operation_has_a_request_that_should_succeed() -> None:
    assert set(REQUESTS) == set(operations()) == set(described())
