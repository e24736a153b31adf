"""`/me`: the signed-in person."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.serializers.person import DeletionInput, MeSerializer, ProfileChangesInput
from accounts.api.views.requests import SignedInRequest, session_of
from accounts.freshness import demand_freshness
from accounts.models import Membership
from accounts.selectors import memberships_of, vehicles_of, vehicles_stamp
from accounts.services.profile import delete_account, export_data, update_profile
from evbooking.core.api.etag import conditional
from evbooking.core.api.serializers import read_body
from evbooking.core.api.views import ApiView

TAGS = ["signing in"]


class MeView(ApiView):
    @extend_schema(tags=TAGS, operation_id="me", responses=MeSerializer)
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Who is signed in: profile, roles, operators, cars."""
        user, memberships = request.user, list(memberships_of(request.user))
        belongs = [(m.operator_id, m.operator.name, m.role) for m in memberships]
        state = (user.pk, user.email, user.is_staff, user.last_updated, vehicles_stamp(user), belongs)
        return conditional(request, *state) or _me(request, memberships)

    @extend_schema(tags=TAGS, operation_id="me_update", request=ProfileChangesInput, responses=MeSerializer)
    def patch(self, request: SignedInRequest) -> Response:
        """Change name, phone, locale or time zone."""
        update_profile(request.user, actor=request.user, **read_body(request, ProfileChangesInput))
        return _me(request, list(memberships_of(request.user)))

    @extend_schema(
        tags=TAGS,
        operation_id="me_delete",
        description="Delete the account for ever. Needs a sign-in of the last minutes, or the password as "
        '`{"password": "…"}`. 409 `open_bookings` while bookings are to come, `last_owner` while an operator '
        "has no other owner.",
        responses={204: OpenApiResponse(description="The account is gone, and every session with it")},
    )
    def delete(self, request: SignedInRequest) -> Response:
        now, body = timezone.now(), read_body(request, DeletionInput)
        demand_freshness(request.user, session_of(request), password=body.get("password"), now=now)
        delete_account(request.user, actor=request.user, now=now)
        return Response(status=204)


class ExportView(ApiView):
    @extend_schema(
        tags=TAGS,
        operation_id="me_export",
        responses={(200, "application/json"): {"type": "object", "additionalProperties": True}},
    )
    def get(self, request: SignedInRequest) -> Response:
        """Everything known about the person, by section."""
        return Response(export_data(request.user, now=timezone.now()))


def _me(request: SignedInRequest, memberships: list[Membership]) -> Response:
    context = {"memberships": memberships, "vehicles": list(vehicles_of(request.user))}
    return Response(MeSerializer(request.user, context=context).data)
