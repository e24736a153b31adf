"""A driver's series: its page, changing it from a date on, canceling it, and withdrawing one of its later dates."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.views.requests import SignedInRequest
from bookings.forms.cancel import CancelForm
from bookings.forms.series import ChangeForm
from bookings.models import Series
from bookings.presentation.refusals import refusal_words
from bookings.presentation.series import SeriesPage, change_lines, later_lines
from bookings.presentation.words import site_day
from bookings.recurrence import parse_rule
from bookings.selectors.series import dates_of, day_of, later_day, later_on, own_series
from bookings.services.series.canceling import SeriesCancellation, cancel_series, series_cancellation
from bookings.services.series.changing import DateChanged, change_series, preview_change
from bookings.services.series.following import preview_following
from bookings.services.series.later import withdraw_date
from bookings.services.series.shifting import days_of
from bookings.transitions import CHANGEABLE
from bookings.views.requests import say
from evbooking.core.errors import DomainError, NotFound
from stations.models import EVSE


@login_required
@require_safe
def series(request: SignedInRequest, series_id: UUID) -> HttpResponse:
    """What repeats, and each of its dates."""
    return render(request, "bookings/series.html", {"page": _page(request.user, series_id, timezone.now())})


@login_required
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, series_id: UUID) -> HttpResponse:
    """GET shows what would become of each date; POST moves those that can be moved."""
    now = timezone.now()
    page = _page(request.user, series_id, now)
    if not page.can_change:
        messages.info(request, "No date of this series is left to change.")
        return redirect("bookings:series", series_id)
    posted = request.method == "POST"
    form = _change_form(page, request.POST if posted else request.GET if "clock" in request.GET else None)
    context: dict[str, Any] = {"page": page, "form": form}
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            if posted:
                _say_changed(request, change_series(page.series, form.change, actor=request.user, now=now))
                return redirect("bookings:series", series_id)
            dates = preview_change(page.series, form.change, now=now)
            later = preview_following(page.series, form.change, now=now)
            context["lines"] = [*change_lines(dates, page.zone), *later_lines(later, page.series, page.zone)]
        except DomainError as refused:
            context["words"], status = refusal_words(refused), refused.status
    return render(request, "bookings/series_change.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: SignedInRequest, series_id: UUID) -> HttpResponse:
    """The fees and refunds first, then the button; nothing dearer than what was shown is ever done."""
    now, posted = timezone.now(), request.method == "POST"
    page = _page(request.user, series_id, now)
    form = CancelForm(request.POST if posted else None)
    try:
        since = _day((request.POST if posted else request.GET).get("since", ""))
        quote = series_cancellation(page.series, since=since, now=now)
        dearer = form.is_valid() and quote.fee.amount > form.agreed_fee
        if form.is_valid() and not dearer:
            done = cancel_series(
                page.series, since=since, actor=request.user, now=now, reason=form.chosen_reason
            )
            messages.success(request, _canceled_words(done))
            return redirect("bookings:series", series_id)
    except DomainError as refused:
        say(request, refused)
        return redirect("bookings:series", series_id)
    lines = [(site_day(one.booking.start, page.zone), day_of(one.booking), one) for one in quote.dates]
    later = [(site_day(one.occurrence, page.zone), later_day(one, page.series)) for one in quote.later]
    context = {"page": page, "form": form, "quote": quote, "dearer": dearer, "since": since}
    context |= {"lines": lines, "later": later, "first": lines[0][0] if lines else later[0][0]}
    status = (
        HTTPStatus.CONFLICT if dearer else HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    )
    return render(request, "bookings/series_cancel.html", context, status=status)


@login_required
@require_POST
def withdraw(request: SignedInRequest, series_id: UUID) -> HttpResponse:
    """The button of one date that waits to be booked by itself: it is not to be."""
    page = _page(request.user, series_id, timezone.now())
    later = later_on(page.series, _day(request.POST.get("date", "")))
    if later is None:
        raise NotFound
    try:
        withdraw_date(later, actor=request.user, now=page.now)
        day = site_day(later.occurrence, page.zone)
        messages.success(request, f"{day} is withdrawn: it will not be booked.")
    except DomainError as refused:
        say(request, refused)
    return redirect("bookings:series", series_id)


def _page(driver: User, series_id: UUID, now: datetime) -> SeriesPage:
    """Raises NotFound, also for anybody else's."""
    found: Series | None = own_series(driver, series_id)
    if found is None:
        raise NotFound
    return SeriesPage(found, list(dates_of(found)), now)


def _change_form(page: SeriesPage, data: Any) -> ChangeForm:
    zone: ZoneInfo = page.zone
    dates = [(day_of(one), site_day(one.start, zone)) for one in page.dates if one.status in CHANGEABLE]
    days = days_of(parse_rule(page.series.rrule), page.series.first_day)
    evses = list(
        EVSE.objects.present().filter(station=page.series.station).order_by("physical_reference", "uid")
    )
    initial = {"clock": page.series.clock, "minutes": page.series.duration_minutes, "days": days}
    return ChangeForm(data, dates=dates, own_days=days, evses=evses, initial=initial)


def _day(text: str) -> date | None:
    """None for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _say_changed(request: SignedInRequest, done: list[DateChanged]) -> None:
    moved = sum(one.moved for one in done)
    unpaid = [one.booking.reference for one in done if one.replacement]
    stayed = len(done) - moved - len(unpaid)
    if moved:
        messages.success(request, f"{_dates(moved)} moved.")
    if unpaid:
        messages.warning(
            request, f"{_dates(len(unpaid))} cost more and were paid already: open them to pay the rest."
        )
    if stayed:
        messages.warning(request, f"{_dates(stayed)} could not be moved and stand where they were.")


def _canceled_words(done: SeriesCancellation) -> str:
    fee = f" The fee is {done.fee}." if done.fee else ""
    return f"{_dates(done.count)} canceled.{fee}"


def _dates(count: int) -> str:
    return "1 date" if count == 1 else f"{count} dates"
