"""What administrators see and decide: operators, people, the audit."""

from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from accounts.api.serializers.administration import (
    AuditEntrySerializer,
    AuditQuery,
    OperatorsQuery,
    ReasonInput,
    UserSerializer,
    UsersQuery,
)
from accounts.api.serializers.operators import OperatorSerializer
from accounts.api.views.lists import listed
from accounts.api.views.requests import SignedInRequest
from accounts.models import Operator, User
from accounts.selectors import audit_entries, find_operators, find_users
from accounts.services.administration import deactivate_user, reactivate_user
from accounts.services.operators import reactivate_operator, suspend_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.api.views import ApiView

TAGS = ["administrators"]


class AdminView(ApiView):
    permission_classes = [IsAdminUser]


class AdminOperatorsView(AdminView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS,
        operation_id="admin_operators",
        parameters=[OperatorsQuery],
        responses=OperatorSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """All operators, by name."""
        page = paginate(request, find_operators(**read_query(request, OperatorsQuery)), ["name", "id"])
        state = (request.META["QUERY_STRING"], *((o.pk, o.last_updated) for o in page.items))
        return conditional(request, *state) or listed(page, OperatorSerializer)


class SuspendOperatorView(AdminView):
    @extend_schema(
        tags=TAGS, operation_id="admin_operator_suspend", request=ReasonInput, responses=OperatorSerializer
    )
    def post(self, request: SignedInRequest, operator_id: UUID) -> Response:
        """ACTIVE > SUSPENDED: its stations are no longer public or bookable. 409 `wrong_state`."""
        operator = get_object_or_404(Operator, pk=operator_id)
        changed = suspend_operator(operator, actor=request.user, **read_body(request, ReasonInput))
        return Response(OperatorSerializer(changed).data)


class ReactivateOperatorView(AdminView):
    @extend_schema(
        tags=TAGS, operation_id="admin_operator_reactivate", request=ReasonInput, responses=OperatorSerializer
    )
    def post(self, request: SignedInRequest, operator_id: UUID) -> Response:
        """SUSPENDED > ACTIVE. 409 `wrong_state`."""
        operator = get_object_or_404(Operator, pk=operator_id)
        changed = reactivate_operator(operator, actor=request.user, **read_body(request, ReasonInput))
        return Response(OperatorSerializer(changed).data)


class AdminUsersView(AdminView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS,
        operation_id="admin_users",
        parameters=[UsersQuery],
        responses=UserSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """People, the newest first; `q` looks into names and addresses."""
        page = paginate(request, find_users(**read_query(request, UsersQuery)), ["-date_joined", "id"])
        state = (request.META["QUERY_STRING"], *((u.pk, u.last_updated) for u in page.items))
        return conditional(request, *state) or listed(page, UserSerializer)


class DeactivateUserView(AdminView):
    @extend_schema(
        tags=TAGS, operation_id="admin_user_deactivate", request=ReasonInput, responses=UserSerializer
    )
    def post(self, request: SignedInRequest, user_id: UUID) -> Response:
        """Close an account: signed out everywhere, no way in. 409 `wrong_state`, also for one's own."""
        user = get_object_or_404(User, pk=user_id)
        changed = deactivate_user(user, actor=request.user, **read_body(request, ReasonInput))
        return Response(UserSerializer(changed).data)


class ReactivateUserView(AdminView):
    @extend_schema(
        tags=TAGS, operation_id="admin_user_reactivate", request=ReasonInput, responses=UserSerializer
    )
    def post(self, request: SignedInRequest, user_id: UUID) -> Response:
        """Open a closed account again. 409 `wrong_state`, also for one that its owner deleted."""
        user = get_object_or_404(User, pk=user_id)
        changed = reactivate_user(user, actor=request.user, **read_body(request, ReasonInput))
        return Response(UserSerializer(changed).data)


class AuditView(AdminView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS,
        operation_id="admin_audit",
        parameters=[AuditQuery],
        responses=AuditEntrySerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The audit, the newest entry first. Entries never change."""
        page = paginate(request, audit_entries(**read_query(request, AuditQuery)), ["-id"])
        state = (request.META["QUERY_STRING"], page.next, page.previous, *(entry.pk for entry in page.items))
        return conditional(request, *state) or listed(page, AuditEntrySerializer)
