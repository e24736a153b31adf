"""A page of bookings, the newest start first, with the filters that drivers and operators share."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from bookings.models import Booking
from bookings.selectors.bookings import filtered
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import paginate


def bookings_page(
    request: Request,
    bookings: QuerySet[Booking],
    query: dict[str, Any],
    document: Callable[[Booking], dict[str, Any]],
) -> HttpResponseBase:
    """The list answer, or 304 when nothing on this page has changed."""
    found = filtered(
        bookings,
        status=query.get("status", ()),
        start_from=query.get("from"),
        start_before=query.get("to"),
        updated_since=query.get("updated_since"),
    )
    page = paginate(request, found, ["-start", "id"])
    state = [(row.pk, row.last_updated, row.station.revision, row.evse.last_updated) for row in page.items]
    parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, *state)
    return conditional(request, *parts) or page.answer([document(row) for row in page.items])
