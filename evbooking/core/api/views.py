"""ApiView: the one base of every API operation."""

from collections.abc import Sequence
from typing import Any

from csp.constants import HEADER
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from evbooking.core import idempotency
from evbooking.core.api.authentication import SessionTokenAuthentication
from evbooking.core.api.exceptions import MethodNotAllowed
from evbooking.core.api.idempotent import Replay, claim_key, settle_key
from evbooking.core.api.parsers import StrictJSONParser
from evbooking.core.api.renderers import FastJSONRenderer, OnlyRenderer
from evbooking.core.errors import BodyTooLarge
from evbooking.core.rate_limits import check_rates
from evbooking.core.request_context import current_address

POLICY = "default-src 'none'; frame-ancestors 'none'"  # no browser is to show an answer as a page
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class ApiView(APIView):
    """Authentication, rate limits, strict bodies, problem answers, Idempotency-Key and ETag.

    Checks run in the order of api.md: 405, then 400/413/415, 401, (429), 403, idempotency, and then the handler
    with its 404, 422, 409. Signed-in callers only, unless a subclass says `permission_classes = [AllowAny]`.
    """

    authentication_classes = [SessionTokenAuthentication]
    permission_classes: Sequence[type[BasePermission]] = [IsAuthenticated]
    parser_classes: Sequence[type[BaseParser]] = [StrictJSONParser]
    renderer_classes = [FastJSONRenderer]
    content_negotiation_class = OnlyRenderer
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    max_body_bytes = 1_048_576
    may_not_find = False  # for the document: a parameter or a field, too, can name what is not there
    format_kwarg = None
    claim: idempotency.Claim | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
            if self.claim:
                if isinstance(response, Response):
                    response.render()
                settle_key(self.claim, response)
        except Exception:
            if self.claim:
                idempotency.release(self.claim)
            raise
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        request.version = request.versioning_scheme = None
        self.refuse_unknown_method(request)
        if request.method in WRITES:
            self.read_body(request)
        self.identify(request)
        self.check_permissions(request)
        if request.method in WRITES:
            self.claim = claim_key(request)

    def refuse_unknown_method(self, request: Request) -> None:
        method = (request.method or "").lower()
        if method not in self.http_method_names or not hasattr(self, method):
            raise MethodNotAllowed

    def read_body(self, request: Request) -> None:
        """Parse the body before anything is asked of the database, or refuse it with 400, 413 or 415."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_body_bytes:
            raise BodyTooLarge
        if request._request.content_type == StrictJSONParser.media_type:
            _ = request._request.body  # keeps the bytes for the idempotency key's fingerprint
        _ = request.data

    def identify(self, request: Request) -> None:
        """Authenticate, and count the call for its address and its user; a refused token counts as well."""
        rates: dict[str, object] = {"api_address": current_address() or "unknown"}
        try:
            if request.user.is_authenticated:
                rates["api_user"] = request.user.pk
        finally:
            check_rates(rates)

    def handle_exception(self, exc: Exception) -> HttpResponseBase:  # type: ignore[override]
        if isinstance(exc, Replay):
            return exc.response
        return super().handle_exception(exc)

    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[arg-type]
        etag = getattr(request, "etag", None)
        if etag and response.status_code in {200, 304}:
            response["ETag"] = etag
        response.setdefault("Cache-Control", "private, no-cache")
        response.setdefault(HEADER, POLICY)
        return response

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}
