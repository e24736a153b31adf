"""Answering a mail: its button opens the thread, for whoever it was sent to, without signing in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from evbooking.core.errors import DomainError, NotFound
from notifications.forms import PostForm
from notifications.links import ThreadLink, read_thread
from notifications.seats import Seat
from notifications.selectors.threads import seat_in
from notifications.services.threads.writing import post
from notifications.thread_pages import lines_of, thread_context
from notifications.views.posting import note, show


@never_cache
@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, link: str) -> HttpResponse:
    """GET only shows, because mail programs look at every link; POST writes. The link is the permission.

    Whose link it is must still have a seat in the thread. An old link, and one of somebody who is signed in anyway,
    lead to the thread's own page.
    """
    meant = read_thread(link)
    if meant is None:
        raise NotFound
    if meant.expired or request.user.pk == meant.user_id:
        return redirect("threads:thread", meant.thread_id)
    seat = _seat(meant)
    form = PostForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            post(seat, body=form.cleaned_data["body"], now=timezone.now())
            messages.success(request, "Sent.")
            return redirect(f"{request.path}#newest")
        except DomainError as why:
            refused = note(form, why)
    context = thread_context(seat, lines_of(seat)) | {"form": form, "person": seat.user, "by_link": True}
    return show(request, "threads/thread.html", context | {"base": "base.html"}, refused)


def _seat(meant: ThreadLink) -> Seat:
    """The seat of the link's person as of now. Raises NotFound where they have none any more."""
    person = User.objects.filter(pk=meant.user_id, is_active=True).first()
    if person is None:
        raise NotFound
    return seat_in(person, meant.thread_id)
