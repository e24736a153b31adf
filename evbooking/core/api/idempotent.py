"""Idempotency-Key at the HTTP door: the header, the body's fingerprint, the replayed answer."""

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.request import Request

from evbooking.core import idempotency
from evbooking.core.idempotency import Answer, Claim

KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class Replay(Exception):
    """Carries the first answer past the view's handler."""

    def __init__(self, answer: Answer) -> None:
        self.response = HttpResponse(answer.body, status=answer.status, headers=answer.headers)
        self.response["Idempotent-Replay"] = "true"


def claim_key(request: Request) -> Claim | None:
    """Claim the request's Idempotency-Key; None without one, and for anonymous callers, who share no name.

    Raises Replay when the work is done already, else the errors of `idempotency.claim`.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None or not request.user.is_authenticated:
        return None
    found = idempotency.claim(
        key,
        user_id=request.user.pk,
        method=request.method or "",
        path=request.path,
        fingerprint=idempotency.fingerprint(request.META.get("QUERY_STRING", ""), _body(request)),
        now=timezone.now(),
    )
    if isinstance(found, Answer):
        raise Replay(found)
    return found


def settle_key(claim: Claim, response: HttpResponseBase) -> None:
    """Keep the rendered answer under the claimed key, or free the key."""
    if not isinstance(response, HttpResponse):
        idempotency.release(claim)
        return
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    idempotency.settle(claim, Answer(response.status_code, headers, response.content))


def _body(request: Request) -> Iterator[bytes]:
    """The body as sent; a form's fields and files one by one, because its boundary differs each time."""
    if not isinstance(request.data, QueryDict):
        yield request._request.body
        return
    for name, values in sorted(request.data.lists()):
        for value in values:
            yield from (name.encode(), b"\0", *_chunks(value), b"\0")


def _chunks(value: Any) -> Iterator[bytes]:
    if not isinstance(value, UploadedFile):
        yield str(value).encode()
        return
    yield from value.chunks()
    value.seek(0)
