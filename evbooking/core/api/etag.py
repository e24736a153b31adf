"""Conditional GET: the ETag comes from what is cheap to know, before the body is built."""

import hashlib

from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request


def conditional(request: Request, *parts: object) -> HttpResponse | None:
    """A 304 when the client's If-None-Match names the state `parts` describe, else None.

    `parts` are whatever changes whenever the body would: versions, times, the query string, the caller's id.
    Sets the ETag that ApiView puts on the answer.
    """
    etag = etag_of(*parts)
    request.etag = etag  # type: ignore[attr-defined]
    known = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    if request.method in {"GET", "HEAD"} and (etag in known or known == ["*"]):
        return HttpResponse(status=304)
    return None


def etag_of(*parts: object) -> str:
    """A weak entity tag of the parts' texts."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(errors="replace"), digest_size=16)
    return f'W/"{digest.hexdigest()}"'
