"""A driver's recurring bookings: looked at first, then booked, changed and canceled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import prefetch_related_objects
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from accounts.api.views.requests import SignedInRequest
from bookings.api.bookings.lookups import as_day, as_uuid, evse_at, read_wish
from bookings.api.places.fields import NOBODY
from bookings.api.series import documents, shapes
from bookings.api.series.inputs import (
    PreviewQuery,
    SeriesAskInput,
    SeriesCancelInput,
    SeriesChangeInput,
    SeriesInput,
)
from bookings.models import Series
from bookings.recurrence import DAYS, parse_rule
from bookings.selectors.series import dates_of, later_on, own_series, series_of, with_dates
from bookings.services.series.asking import SeriesAsk, preview_series
from bookings.services.series.booking import book_series
from bookings.services.series.canceling import cancel_series, series_cancellation
from bookings.services.series.changes import SeriesChange
from bookings.services.series.changing import change_series, preview_change
from bookings.services.series.following import preview_following
from bookings.services.series.later import withdraw_date
from evbooking.core.api.etag import conditional
from evbooking.core.api.exceptions import PROBLEM
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body, read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from evbooking.core.ocpi import CanceledReason
from evbooking.core.rate_limits import check_rates

TAGS = ["recurring bookings"]


class SeriesPreviewView(ApiView):
    @extend_schema(
        tags=TAGS, operation_id="series_preview", request=SeriesAskInput, responses=shapes.SeriesPreviewShape
    )
    def post(self, request: SignedInRequest) -> Response:
        """Each date with its slot and price, or with what forbids it; nothing is kept."""
        ask = read_ask(request, read_body(request, SeriesAskInput))
        return Response(documents.preview_document(preview_series(ask, now=timezone.now())))


class SeriesListView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="series", responses=shapes.SeriesShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's series, the newest first, with their dates."""
        page = paginate(request, with_dates(series_of(request.user)), ["-created_at", "id"])
        now = timezone.now()
        told = [documents.series_document(one, list(one.bookings.all()), now) for one in page.items]
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous, *map(repr, told))
        return conditional(request, *parts) or page.answer(told)

    @extend_schema(
        tags=TAGS,
        operation_id="series_book",
        request=SeriesInput,
        responses={201: shapes.SeriesBookedShape, (409, PROBLEM): shapes.NothingToBookProblem},
    )
    def post(self, request: SignedInRequest) -> Response:
        """Book all dates that can be had, or the chosen ones: one that is taken stops no other.

        What is too far ahead for the station's terms stands under `later`, and is booked by itself when it can be.
        Paid at the charger they are confirmed at once; paid online they are held for one checkout. 409
        `nothing_to_book` when none can be had.
        """
        body = read_body(request, SeriesInput)
        ask = read_ask(request, body)
        check_rates({"holds_driver": request.user.pk})
        now = timezone.now()
        booked = book_series(request.user, ask, chosen=body.get("dates"), now=now)
        document = _document(booked.series, now)
        return Response(
            {**document, "refused": documents.refused_documents(booked.dates)},
            status=201,
            headers={"Location": document["links"]["self"]},
        )


class SeriesActionView(ApiView):
    """One series of the driver's."""

    def own(self, request: SignedInRequest, series_id: str) -> Series:
        found = own_series(request.user, as_uuid(series_id) or NOBODY)
        if found is None:
            raise NotFound
        return found


class SeriesView(SeriesActionView):
    @extend_schema(tags=TAGS, operation_id="series_one", responses=shapes.SeriesShape)
    def get(self, request: SignedInRequest, series_id: str) -> HttpResponseBase:
        """One series with its dates."""
        document = _document(self.own(request, series_id), timezone.now())
        return conditional(request, repr(document)) or Response(document)

    @extend_schema(
        tags=TAGS,
        operation_id="series_change",
        parameters=[PreviewQuery],
        request=SeriesChangeInput,
        responses=shapes.SeriesChangeShape,
    )
    def patch(self, request: SignedInRequest, series_id: str) -> Response:
        """Move the dates from a day on; `?preview=true` only says what would become of each.

        One that cannot move stops no other. 409 `wrong_state` where none is left.
        """
        series, now = self.own(request, series_id), timezone.now()
        body, query = read_body(request, SeriesChangeInput), read_query(request, PreviewQuery)
        minutes = body.get("duration_minutes")
        change = SeriesChange(
            since=body["from"],
            clock=body.get("clock"),
            lasting=timedelta(minutes=minutes) if minutes else None,
            evse=evse_at(series.station, body.get("evse_uid")),
            days=frozenset(DAYS.index(day) for day in body.get("days") or ()),
        )
        later = preview_following(series, change, now=now)
        if query["preview"]:
            dates = preview_change(series, change, now=now)
        else:
            dates = change_series(series, change, actor=request.user, now=now)
        return Response(documents.change_document(series, dates, later, done=not query["preview"]))


class SeriesCancelView(SeriesActionView):
    @extend_schema(
        tags=TAGS,
        operation_id="series_cancel",
        parameters=[PreviewQuery],
        request=SeriesCancelInput,
        responses=shapes.SeriesCancellationShape,
    )
    def post(self, request: SignedInRequest, series_id: str) -> Response:
        """Cancel all dates, or those from a day on, each for the fee of its terms; `?preview=true` only says which.

        A date that the terms keep is said with its code. 409 `wrong_state` where none is left.
        """
        series, now = self.own(request, series_id), timezone.now()
        body, query = read_body(request, SeriesCancelInput), read_query(request, PreviewQuery)
        since = body.get("from")
        if query["preview"]:
            found = series_cancellation(series, since=since, now=now)
        else:
            reason = CanceledReason(body.get("reason") or CanceledReason.NO_CANCELED)
            found = cancel_series(series, since=since, actor=request.user, now=now, reason=reason)
        return Response(documents.cancellation_document(series, found))


class SeriesLaterView(SeriesActionView):
    @extend_schema(tags=TAGS, operation_id="series_withdraw", responses={204: None})
    def delete(self, request: SignedInRequest, series_id: str, date: str) -> Response:
        """Withdraw one date that waits to be booked by itself; `date` is the day at the site, as under `later`.

        The other dates stay, and once more is as good. 409 `wrong_state` where it was booked, or missed.
        """
        found = later_on(self.own(request, series_id), as_day(date))
        if found is None:
            raise NotFound
        withdraw_date(found, actor=request.user, now=timezone.now())
        return Response(status=204)


def read_ask(request: SignedInRequest, body: dict[str, Any]) -> SeriesAsk:
    """The ask of a SeriesAskInput. Raises Invalid."""
    return SeriesAsk(rule=parse_rule(body["rrule"]), **read_wish(request.user, body))


def _document(series: Series, now: datetime) -> dict[str, Any]:
    prefetch_related_objects([series], "station__terms", "evse")
    return documents.series_document(series, list(dates_of(series)), now)
