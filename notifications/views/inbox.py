"""The inbox, and how a person wishes to be told."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import submit
from accounts.selectors import roles_of
from accounts.views.requests import SignedInRequest
from notifications.forms import SwitchesForm, WishesForm
from notifications.kinds import kinds_for
from notifications.models import Channel, Device
from notifications.selectors import deliveries_of, enabled_table, inbox_of, phone_of, wishes_of
from notifications.selectors.threads import unread_threads
from notifications.services.preferences import set_preferences
from notifications.services.reading import mark_read
from notifications.setup import is_set_up, vapid_public_key

PER_PAGE = 25


@login_required
@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """Messages, the newest first, and how else each was sent."""
    page = Paginator(inbox_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    told = deliveries_of(page.object_list)
    rows = [(message, told.get(message.event_id, [])) for message in page]
    context = {"page": page, "rows": rows, "unread_threads": unread_threads(request.user)}
    return render(request, "notifications/inbox.html", context)


@login_required
@require_POST
def read_all(request: SignedInRequest) -> HttpResponse:
    mark_read(request.user, now=timezone.now())
    return redirect("notifications:inbox")


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """Channels by kind, quiet hours, digest, and the number and browsers that are reached."""
    user, wishes = request.user, wishes_of([request.user])[request.user.pk]
    data = request.POST or None
    table = enabled_table(user, kinds_for(roles_of(user)))
    form = WishesForm(
        data,
        initial={name: getattr(wishes, name) for name in ("quiet_from", "quiet_until", "digest")},
    )
    switches = SwitchesForm(table, data)
    if request.method == "POST" and switches.is_valid():

        def save(**fields: object) -> None:
            set_preferences(user, switches=switches.switches(), **fields)  # type: ignore[arg-type]

        if submit(form, save):
            messages.success(request, "We tell you as you wish.")
            return redirect("notifications:preferences")
    context = {
        "form": form,
        "switches": switches,
        "channels": Channel.labels,
        "phone": phone_of(user),
        "devices": Device.objects.filter(user=user).order_by("created_at"),
        "sms": is_set_up(Channel.SMS),
        "vapid_public_key": vapid_public_key(),
    }
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)
