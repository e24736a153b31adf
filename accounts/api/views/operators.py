"""An operator and its people, for those who belong to it."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.serializers.operators import (
    InvitationInput,
    InvitationSerializer,
    MemberSerializer,
    OperatorInput,
    OperatorSerializer,
    RoleInput,
)
from accounts.api.views.lists import listed
from accounts.api.views.requests import SignedInRequest
from accounts.models import Membership
from accounts.selectors import get_operator, members_of, operators_of
from accounts.services.members import change_role, invite, remove_member
from accounts.services.operators import create_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body
from evbooking.core.api.views import ApiView

TAGS = ["operators"]
OWNER = Membership.Role.OWNER


class OperatorsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="operators", responses=OperatorSerializer(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The caller's operators."""
        page = paginate(request, operators_of(request.user), ["name", "id"])
        state = (request.META["QUERY_STRING"], *((o.pk, o.last_updated) for o in page.items))
        return conditional(request, *state) or listed(page, OperatorSerializer)

    @extend_schema(
        tags=TAGS, operation_id="operator_create", request=OperatorInput, responses={201: OperatorSerializer}
    )
    def post(self, request: SignedInRequest) -> Response:
        """Found an operator; the caller becomes its owner."""
        operator = create_operator(request.user, actor=request.user, **read_body(request, OperatorInput))
        return Response(OperatorSerializer(operator).data, status=201)


class MembersView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="members", responses=MemberSerializer(many=True))
    def get(self, request: SignedInRequest, operator_id: UUID) -> HttpResponseBase:
        """The operator's people, in the order they came."""
        page = paginate(request, members_of(get_operator(request.user, operator_id)), ["id"])
        state = (request.META["QUERY_STRING"], *((m.pk, m.role, m.user.last_updated) for m in page.items))
        return conditional(request, *state) or listed(page, MemberSerializer)

    @extend_schema(
        tags=TAGS,
        operation_id="member_invite",
        request=InvitationInput,
        responses={201: InvitationSerializer},
    )
    def post(self, request: SignedInRequest, operator_id: UUID) -> Response:
        """Invite someone by e-mail; owners only. 409 `already_member`; 422 `too_many_invitations`."""
        operator = get_operator(request.user, operator_id, minimum=OWNER)
        body = read_body(request, InvitationInput)
        invitation = invite(operator, actor=request.user, now=timezone.now(), **body)
        return Response(InvitationSerializer(invitation).data, status=201)


class MemberView(ApiView):
    @extend_schema(tags=TAGS, operation_id="member_update", request=RoleInput, responses=MemberSerializer)
    def patch(self, request: SignedInRequest, operator_id: UUID, user_id: UUID) -> Response:
        """Give a member another role; owners only. 409 `last_owner`."""
        membership = self.membership(request, operator_id, user_id, OWNER)
        changed = change_role(membership, actor=request.user, **read_body(request, RoleInput))
        return Response(MemberSerializer(changed).data)

    @extend_schema(
        tags=TAGS, operation_id="member_remove", responses={204: OpenApiResponse(description="Removed")}
    )
    def delete(self, request: SignedInRequest, operator_id: UUID, user_id: UUID) -> Response:
        """Take someone out of the operator; owners anyone, everyone themselves. 409 `last_owner`."""
        minimum = Membership.Role.STAFF if user_id == request.user.pk else OWNER
        remove_member(self.membership(request, operator_id, user_id, minimum), actor=request.user)
        return Response(status=204)

    def membership(
        self, request: SignedInRequest, operator_id: UUID, user_id: UUID, minimum: Membership.Role
    ) -> Membership:
        operator = get_operator(request.user, operator_id, minimum=minimum)
        return get_object_or_404(members_of(operator), user_id=user_id)
