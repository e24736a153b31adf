"""What a refusal must look like."""

from typing import Any


def problem(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code and the (field, code) pairs of a problem answer."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["code"], [(e["field"], e["code"]) for e in body["errors"]]
