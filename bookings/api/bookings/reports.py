"""Reports about an operator's bookings, as JSON or CSV."""

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from bookings.api.bookings.inputs import UtilisationQuery
from bookings.api.bookings.shapes import UtilisationShape
from bookings.selectors.utilisation import StationUse, utilisation
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import Invalid
from evbooking.core.spreadsheets import csv_answer

_LONGEST_DAYS = 366
_HEAD = [field.name for field in fields(StationUse)]


class UtilisationView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_utilisation",
        parameters=[UtilisationQuery],
        responses={
            (200, "application/json"): UtilisationShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The same rows, one a station"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Booked against open EVSE hours of each station in [from, to), at most 366 days."""
        query = read_query(request, UtilisationQuery)
        operator = choose_operator(request.user, query.get("operator"))
        check_range(query["from"], query["to"])
        rows = utilisation(operator, since=query["from"], before=query["to"])
        if query["format"] == "csv":
            return csv_answer("utilisation", _HEAD, (list(asdict(row).values()) for row in rows))
        return Response({"operator": operator.pk, "results": [asdict(row) for row in rows]})


def check_range(since: datetime | date, before: datetime | date) -> None:
    """Raises Invalid at `to` unless [since, before) is a window of at most 366 days."""
    first, last = (date(edge.year, edge.month, edge.day) for edge in (since, before))
    if last < first:
        raise Invalid.one("to", "end_before_start", "`to` must come after `from`.")
    if last - first > timedelta(days=_LONGEST_DAYS):
        raise Invalid.one("to", "range_too_long", f"At most {_LONGEST_DAYS} days.")
