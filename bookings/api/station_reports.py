"""Reports of one row a station over a window of days, as JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from evbooking.core.api.serializers import read_query
from evbooking.core.errors import Invalid
from evbooking.core.spreadsheets import csv_answer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LONGEST_DAYS: Final = 366
Shape = type[serializers.Serializer[Any]]


def answers(shape: Shape) -> dict[tuple[int, str], Any]:
    """How the document describes such a report."""
    table = OpenApiResponse(OpenApiTypes.STR, "The same rows, one a station")
    return {(200, "application/json"): shape, (200, "text/csv"): table}


def station_report(
    request: SignedInRequest,
    asked: Shape,
    *,
    name: str,
    row: type[DataclassInstance],
    rows_of: Callable[..., Sequence[DataclassInstance]],
) -> HttpResponseBase:
    """The rows of an operator of the caller's in [from, to), of which `asked` is the query; CSV where it says so.

    Raises Invalid, Forbidden and NotFound.
    """
    query = read_query(request, asked)
    operator = choose_operator(request.user, query.get("operator"))
    check_range(query["from"], query["to"])
    rows = rows_of(operator, since=query["from"], before=query["to"])
    if query["format"] == "csv":
        head = [field.name for field in fields(row)]
        return csv_answer(name, head, (list(asdict(one).values()) for one in rows))
    return Response({"operator": operator.pk, "results": [asdict(one) for one in rows]})


def check_range(since: datetime | date, before: datetime | date) -> None:
    """Raises Invalid at `to` for a window that ends before it begins, or is longer than a year."""
    first, last = (date(edge.year, edge.month, edge.day) for edge in (since, before))
    if last < first:
        raise Invalid.one("to", "end_before_start", "`to` must come after `from`.")
    if last - first > timedelta(days=LONGEST_DAYS):
        raise Invalid.one("to", "range_too_long", f"At most {LONGEST_DAYS} days.")
