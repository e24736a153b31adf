"""Reported posts for administrators."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAdminUser
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import as_uuid
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from notifications.api.threads.documents import reported_document
from notifications.api.threads.shapes import ReportedShape, ReportInput, ReportsQuery
from notifications.models import PostReport
from notifications.selectors.reports import find_report, reports
from notifications.services.threads.reporting import dismiss_report, remove_post

TAGS = ["administrators"]


class ReportsView(ApiView):
    permission_classes = [IsAdminUser]
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=TAGS,
        operation_id="admin_post_reports",
        parameters=[ReportsQuery],
        responses=ReportedShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """Reported posts in a state, the oldest report first."""
        state = read_query(request, ReportsQuery)["state"]
        page = paginate(request, reports(state), ["created_at", "id"])
        documents = [reported_document(one) for one in page.items]
        parts = (request.META["QUERY_STRING"], page.next, page.previous, documents)
        return conditional(request, *parts) or page.answer(documents)


class DecisionView(ApiView):
    permission_classes = [IsAdminUser]

    def decide(
        self, request: SignedInRequest, report_id: str, service: Callable[..., PostReport]
    ) -> Response:
        report = find_report(as_uuid(report_id))
        if report is None:
            raise NotFound
        reason = read_body(request, ReportInput)["reason"]
        service(report, actor=request.user, reason=reason, now=timezone.now())
        return Response(reported_document(find_report(report.pk) or report))


class DismissView(DecisionView):
    @extend_schema(
        tags=TAGS, operation_id="admin_post_report_dismiss", request=ReportInput, responses=ReportedShape
    )
    def post(self, request: SignedInRequest, report_id: str) -> Response:
        """The post stays. 409 `wrong_state` where it has been decided."""
        return self.decide(request, report_id, dismiss_report)


class RemoveView(DecisionView):
    @extend_schema(
        tags=TAGS, operation_id="admin_post_report_remove", request=ReportInput, responses=ReportedShape
    )
    def post(self, request: SignedInRequest, report_id: str) -> Response:
        """Empty the post, for everybody; every report of it is decided. 409 `wrong_state`."""
        return self.decide(request, report_id, remove_post)
