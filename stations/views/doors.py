"""Who may come in: decorators of pages, and how services' refusals look there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from evbooking.core.errors import DomainError, Forbidden, NotFound

View = Callable[..., HttpResponse]


def operator_page(*methods: str) -> Callable[[View], View]:
    """For signed-in people; what is someone else's is a 404 page, too low a role a 403 page."""

    def decorate(view: View) -> View:
        return login_required(require_http_methods(methods)(_with_refusals(view)))

    return decorate


def administrator_page(*methods: str) -> Callable[[View], View]:
    """For administrators; everyone else who is signed in gets the 403 page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_staff:
                raise PermissionDenied
            return _with_refusals(view)(request, *args, **kwargs)

        return login_required(require_http_methods(methods)(checked))

    return decorate


def carry_out(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do what a button asks; say that it is done, or why not."""
    try:
        act()
    except (NotFound, Forbidden):
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        return False
    messages.success(request, done)
    return True


def _with_refusals(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as refused:
            raise Http404(refused.detail) from refused
        except Forbidden as refused:
            raise PermissionDenied(refused.detail) from refused

    return guarded
