"""The report about the use of an operator's stations, as JSON or CSV."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.inputs import UtilisationQuery
from bookings.api.bookings.shapes import UtilisationShape
from bookings.api.station_reports import answers, station_report
from bookings.selectors.utilisation import StationUse, utilisation
from evbooking.core.api.views import ApiView


class UtilisationView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_utilisation",
        parameters=[UtilisationQuery],
        responses=answers(UtilisationShape),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Booked against open EVSE hours of each station in [from, to), at most 366 days."""
        return station_report(
            request, UtilisationQuery, name="utilisation", row=StationUse, rows_of=utilisation
        )
