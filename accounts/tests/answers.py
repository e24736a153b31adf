"""What answers, letters and pages say."""

import re
from typing import Any


def problem(response: Any) -> tuple[int, str, list[tuple[str, str]]]:
    """Status, code and the (field, code) pairs of a problem answer."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    return response.status_code, body["code"], [(e["field"], e["code"]) for e in body["errors"]]


def found(pattern: str, text: object) -> str:
    """The first group of the first match, else the whole match; a text without one fails the test."""
    match = re.search(pattern, str(text))
    assert match, f"{pattern} is not in {text}"
    return match[1] if match.groups() else match[0]
