"""The web process's side of live updates: it checks who asks and sends them on to the live process."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from evbooking.core.api.exceptions import PROBLEM
from evbooking.core.api.problem_shape import ProblemSerializer
from evbooking.core.api.views import ApiView
from evbooking.live.access import authorize, sign


class LiveView(ApiView):
    """Server-Sent Events, each with the object's current state.

    `evse.status`, `booking.updated`, `session.updated`, `inbox.updated`.
    """

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="live",
        parameters=[
            OpenApiParameter(
                "stations", OpenApiTypes.STR, description="station ids, comma separated, at most 50"
            ),
            OpenApiParameter("bookings", OpenApiTypes.STR, description="own booking references, at most 20"),
            OpenApiParameter("inbox", OpenApiTypes.STR, description="1: also `inbox.updated`, the own badge"),
        ],
        responses={
            307: OpenApiResponse(description="the event stream's address, valid for one minute"),
            (404, PROBLEM): OpenApiResponse(
                ProblemSerializer,
                "not_found: a booking that is not the caller's, or a station not to be seen",
            ),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        query = request.query_params
        grant = authorize(
            request.user,
            stations=query.get("stations", ""),
            bookings=query.get("bookings", ""),
            inbox=query.get("inbox", ""),
        )
        location = f"{settings.LIVE_URL}/api/v1/live?{urlencode({'token': sign(grant)})}"
        return HttpResponse(status=307, headers={"Location": location, "Cache-Control": "no-store"})
