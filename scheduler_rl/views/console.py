"""The recommender as administrators see it: which version answers, how it does, what is tried."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.views.requests import SignedInRequest
from scheduler_rl.forms import ExperimentForm
from scheduler_rl.models import ModelRun, PolicyVersion
from scheduler_rl.presentation.record import (
    WEEKS,
    drift_part,
    task_rows,
    validation_bars,
    version_row,
    weekly_plots,
)
from scheduler_rl.selectors import active_version, candidate_version, experiment
from scheduler_rl.selectors.offpolicy import compare
from scheduler_rl.selectors.record import arms_since, weeks_since
from scheduler_rl.services.trying import set_experiment
from scheduler_rl.services.versions import promote, roll_back
from stations.forms.submitting import submit
from stations.views.doors import administrator_page, carry_out

_VERSIONS: Final = 30
_RUNS: Final = 50
Kind = PolicyVersion.Kind


@administrator_page("GET", "POST")
def home(request: SignedInRequest) -> HttpResponse:
    """Everything on one page; a POST sets how candidates are tried."""
    form = ExperimentForm(request.POST if request.method == "POST" else None, instance=experiment())
    if request.method == "POST" and submit(form, partial(set_experiment, actor=request.user)):
        messages.success(request, "Saved.")
        return redirect("console-recommender:home")
    context = _record() | {"form": form}
    return render(request, "recommender/console.html", context, status=422 if form.errors else 200)


@administrator_page("POST")
def promote_version(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    found = get_object_or_404(PolicyVersion, pk=version_id)
    act = partial(promote, found, actor=request.user, now=timezone.now())
    carry_out(request, act, f"{found} answers now.")
    return redirect("console-recommender:home")


@administrator_page("POST")
def roll_back_to(request: SignedInRequest, version_id: UUID) -> HttpResponse:
    found = get_object_or_404(PolicyVersion, pk=version_id)
    act = partial(roll_back, found, actor=request.user, now=timezone.now())
    carry_out(request, act, f"{found} answers again.")
    return redirect("console-recommender:home")


def _record() -> dict[str, Any]:
    now = timezone.now()
    active, candidate = active_version(Kind.RANKER), candidate_version(Kind.RANKER)
    weeks = weeks_since(now - WEEKS)
    versions = PolicyVersion.objects.select_related("activated_by").defer("artefact__content")[:_VERSIONS]
    return {
        "active": active,
        "forecast": active_version(Kind.FORECAST),
        "candidate": candidate,
        "bars": validation_bars(active) if active else [],
        "weeks": weeks,
        "plots": weekly_plots(weeks) if weeks else [],
        "arms": arms_since(now - WEEKS),
        "drift": drift_part(active, now),
        "comparison": compare(candidate, since=now - WEEKS) if candidate else None,
        "rows": [version_row(one) for one in versions],
        "tasks": task_rows(list(ModelRun.objects.select_related("version")[:_RUNS])),
    }
