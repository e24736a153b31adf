"""Charging sessions: a driver's own, and those at an operator's stations."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from accounts.selectors import choose_operator, operator_ids
from charging.api.documents import session_document
from charging.api.shapes import OperatorSessionsQuery, SessionShape, SessionsQuery
from charging.models import Session
from charging.selectors import sessions_of, sessions_of_operator, updated_since
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound


class SessionsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(
        tags=["bookings"],
        operation_id="sessions",
        parameters=[SessionsQuery],
        responses=SessionShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's charging sessions, the latest start first."""
        return _page(request, sessions_of(request.user), read_query(request, SessionsQuery))


class SessionView(ApiView):
    @extend_schema(tags=["bookings"], operation_id="session", responses=SessionShape)
    def get(self, request: SignedInRequest, session_id: str) -> HttpResponseBase:
        """One charging session with what it cost."""
        return _answer(request, _find(sessions_of(request.user), session_id))


class OperatorSessionsView(ApiView):
    pagination_class = OpaqueCursorPagination
    may_not_find = True

    @extend_schema(
        tags=["operators"],
        operation_id="operator_sessions",
        parameters=[OperatorSessionsQuery],
        responses=SessionShape(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The charging sessions at the operator's stations, the latest start first."""
        query = read_query(request, OperatorSessionsQuery)
        operator = choose_operator(request.user, query.get("operator"))
        return _page(request, sessions_of_operator([operator.pk]), query)


class OperatorSessionView(ApiView):
    @extend_schema(tags=["operators"], operation_id="operator_session", responses=SessionShape)
    def get(self, request: SignedInRequest, session_id: str) -> HttpResponseBase:
        """One charging session at a station of an operator the caller belongs to."""
        return _answer(request, _find(sessions_of_operator(operator_ids(request.user)), session_id))


def _page(request: SignedInRequest, sessions: QuerySet[Session], query: dict[str, Any]) -> HttpResponseBase:
    found = updated_since(sessions, query.get("updated_since"))
    page = paginate(request, found, ["-start", "id"])
    parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous)
    state = [_state(session) for session in page.items]
    return conditional(request, *parts, *state) or page.answer([session_document(one) for one in page.items])


def _answer(request: SignedInRequest, session: Session) -> HttpResponseBase:
    return conditional(request, *_state(session)) or Response(session_document(session))


def _state(session: Session) -> tuple[object, ...]:
    """What changes whenever the session's document does: a bill is issued or credited, its station edited."""
    bills = tuple(cdr.pk for cdr in session.cdrs.all())
    return session.pk, session.last_updated, session.station.revision, session.evse.last_updated, bills


def _find(scope: QuerySet[Session], session_id: str) -> Session:
    """The session of that id within what the caller may see. Raises NotFound, also for what is no id."""
    try:
        found = scope.filter(pk=UUID(session_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found
