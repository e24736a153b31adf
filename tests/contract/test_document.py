"""The OpenAPI document: valid, without a warning, and with everything the contract promises."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.contract import facts
from tests.contract.document import content_schema, document, has_field, operations, resolve


def test_the_document_is_valid_openapi_3_1() -> None:
    assert document()["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_the_validator_sees_a_broken_document() -> None:
    broken: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "x"}, "paths": {}}
    assert [error.message for error in OpenAPIV31SpecValidator(broken).iter_errors()]


def test_generating_it_gives_no_warning() -> None:
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        document.cache_clear()
        document()
        assert not GENERATOR_STATS


@pytest.mark.parametrize("name", facts.PROMISES)
def test_an_operation_has_all_that_is_promised(name: str) -> None:
    promise, operation = facts.PROMISES[name], operations()[name]
    asked = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
    body = content_schema(operation.get("requestBody", {}))
    answer = content_schema(operation["responses"][str(promise.status)])
    assert set(promise.query.split()) - asked == set()
    assert [field for field in promise.body.split() if not has_field(body, field)] == []
    assert [field for field in promise.answer.split() if not has_field(answer, field)] == []


def test_a_field_that_is_missing_is_seen() -> None:
    answer = content_schema(operations()["GET /me"]["responses"]["200"])
    assert has_field(answer, "vehicles.battery_kwh")
    assert not has_field(answer, "vehicles.colour")
    assert not has_field(answer, "colour")


def test_every_operation_names_its_section_and_has_its_own_id_and_words() -> None:
    known = operations()
    assert {tag for operation in known.values() for tag in operation["tags"]} == facts.SECTIONS
    assert len({operation["operationId"] for operation in known.values()}) == len(known)
    assert [name for name, operation in known.items() if not operation.get("summary")] == []


def test_every_operation_tells_how_it_may_refuse() -> None:
    for name, operation in operations().items():
        refusals = facts.READ_REFUSALS if name.startswith("GET") else facts.WRITE_REFUSALS
        expected = refusals | ({"404"} if "{" in name else set())
        assert expected <= set(operation["responses"]), name


def test_every_refusal_is_a_problem_document() -> None:
    for name, operation in operations().items():
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (name, status)
                shape = resolve(content_schema(response))
                assert set(shape["properties"]) >= facts.PROBLEM, (name, status)
                assert all(has_field(shape["properties"]["errors"], field) for field in facts.FIELD_ERROR)


def test_only_places_and_live_are_open_without_signing_in() -> None:
    opened = {name for name, operation in operations().items() if {} in operation["security"]}
    assert opened == facts.PUBLIC


def test_each_way_to_sign_in_is_enough() -> None:
    for name, operation in operations().items():
        ways = [way for way in operation["security"] if way]
        assert ways == [{"sessionToken": []}, {"bearerToken": []}, {"cookie": []}], name


def test_every_read_can_be_conditional_and_every_write_be_repeated_safely() -> None:
    for name, operation in operations().items():
        headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
        expected = {"If-None-Match"} if name.startswith("GET") else {"Idempotency-Key"}
        assert headers == expected, name
