"""The report about an operator's lines, as JSON or CSV."""

from dataclasses import asdict, fields

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator
from bookings.api.bookings.reports import check_range
from bookings.api.waitlist.shapes import QueueQuery, QueuesShape
from bookings.selectors.queue import QueueUse, queues
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.spreadsheets import csv_answer

_HEAD = [field.name for field in fields(QueueUse)]


class QueuesView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_waitlist",
        parameters=[QueueQuery],
        responses={
            (200, "application/json"): QueuesShape,
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The same rows, one a station"),
        },
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """How many wait at each station now, and of the places that ended in [from, to), how many got a slot."""
        query = read_query(request, QueueQuery)
        operator = choose_operator(request.user, query.get("operator"))
        check_range(query["from"], query["to"])
        rows = queues(operator, since=query["from"], before=query["to"])
        if query["format"] == "csv":
            return csv_answer("waiting-list", _HEAD, (list(asdict(row).values()) for row in rows))
        return Response({"operator": operator.pk, "results": [asdict(row) for row in rows]})
