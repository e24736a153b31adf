"""The report about an operator's lines, as JSON or CSV."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema

from accounts.api.views.requests import SignedInRequest
from bookings.api.station_reports import answers, station_report
from bookings.api.waitlist.shapes import QueueQuery, QueuesShape
from bookings.selectors.queue import QueueUse, queues
from evbooking.core.api.views import ApiView


class QueuesView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_waitlist",
        parameters=[QueueQuery],
        responses=answers(QueuesShape),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """How many wait at each station now, and of the places that ended in [from, to), how many got a slot."""
        return station_report(request, QueueQuery, name="waiting-list", row=QueueUse, rows_of=queues)
