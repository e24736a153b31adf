"""Watches: the list, a new one for a station or an area, and its end."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views.requests import SignedInRequest
from notifications.forms_watches import AreaForm, WatchForm
from notifications.links import read_watch
from notifications.models import Watch
from notifications.selectors.watches import name_near, watches_of
from notifications.services.watches.keeping import MOST_KM, Area, pause, watch
from stations.forms.submitting import attempt
from stations.models import Station

_USUAL_KM: Final = 5.0


@login_required
@require_safe
def watches(request: SignedInRequest) -> HttpResponse:
    """What the person watches."""
    own = ZoneInfo(request.user.time_zone)
    rows = [
        (one, ZoneInfo(one.station.time_zone) if one.station else own) for one in watches_of(request.user)
    ]
    context = {"rows": rows, "own": own, "now": timezone.now()}
    return render(request, "notifications/watches.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_watch(request: SignedInRequest) -> HttpResponse:
    """For the station, or the place, that the address names."""
    where, now = _where(request), timezone.now()
    if where is None:
        messages.info(request, "Choose a station or search around a place, then watch it from there.")
        return redirect("home")
    zone = ZoneInfo(where.time_zone if isinstance(where, Station) else request.user.time_zone)
    posted = request.POST if request.method == "POST" else None
    form = WatchForm(posted, zone=zone, initial={"connector": request.GET.get("connector", "")})
    if posted is not None and form.is_valid() and attempt(form, partial(_watch, request, where, form)):
        return redirect("notifications:watches")
    context = {"form": form, "where": where, "station": where if isinstance(where, Station) else None}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "notifications/watch.html", {**context, "zone": zone, "now": now}, status=status)


@login_required
@require_POST
def change_watch(request: SignedInRequest, watch_id: UUID) -> HttpResponse:
    """The buttons of a watch: pause, resume, delete."""
    watched = watches_of(request.user).filter(pk=watch_id).first()
    if watched is None:
        raise Http404
    match request.POST.get("act"):
        case "delete":
            watched.delete()
            messages.success(request, "The watch has ended.")
        case "pause" | "resume" as act:
            pause(watched, paused=act == "pause", now=timezone.now())
    return redirect("notifications:watches")


@csrf_exempt  # the signed link is the permission; mail programs post to it (RFC 8058)
@never_cache
@require_http_methods(["GET", "POST"])
def end_watch_by_link(request: HttpRequest, watch_link: str) -> HttpResponse:
    """GET asks, POST ends the watch; one that has ended already is no mistake."""
    watch_id = read_watch(watch_link)
    if watch_id is None:
        raise Http404
    done = request.method == "POST"
    if done:
        Watch.objects.filter(pk=watch_id).delete()
    watched = Watch.objects.select_related("station").filter(pk=watch_id).first()
    return render(request, "notifications/watch_end.html", {"done": watched is None, "watch": watched})


def _where(request: SignedInRequest) -> Station | Area | None:
    slug = request.GET.get("station")
    if slug:
        found = Station.objects.public().filter(slug=slug).first() if "\0" not in slug else None
        if found is None:
            raise Http404
        return found
    place = AreaForm(request.GET)
    if not place.is_valid():
        return None
    asked = place.cleaned_data
    radius_km = min(asked["radius_km"] or _USUAL_KM, MOST_KM)
    called = asked["place"] or name_near(asked["lat"], asked["lon"])
    return Area(asked["lat"], asked["lon"], radius_km, called)


def _watch(request: SignedInRequest, where: Station | Area, form: WatchForm) -> None:
    now = timezone.now()
    made = watch(
        request.user,
        where,
        connector=form.cleaned_data["connector"],
        slot=form.slot,
        expires_at=form.expires_at(now),
        now=now,
    )
    free_now = made.free_since is not None
    words = (
        "It is free right now; you are told the next time." if free_now else "You are told when it is free."
    )
    messages.success(request, words)
