"""How our conventions appear in the OpenAPI document: problems, idempotency keys, conditional reads."""

from inspect import cleandoc
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import AllowAny

from evbooking.core.api.exceptions import PROBLEM
from evbooking.core.api.problem_shape import ProblemSerializer

_TEXTS = {
    400: "malformed_body",
    401: "not_authenticated",
    403: "forbidden",
    404: "not_found: there is no such thing, or it is someone else's",
    409: "The state of things does not allow it; see `code`",
    413: "body_too_large: over 1 MB",
    415: "unsupported_media_type",
    422: "One or more fields cannot be accepted; see `code` and `errors`",
    429: "rate_limited: see Retry-After",
}
_IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key and request within 24 hours get the first answer again, with Idempotent-Replay: true.",
)
_IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag you know: 304 when nothing changed."
)


class ProblemAutoSchema(AutoSchema):
    """Adds to every operation of ours what ApiView may answer, so that views declare only their own outcomes."""

    def get_description(self) -> str:  # type: ignore[override]
        """The handler's docstring, else the view's own; never the one inherited from ApiView."""
        handler = getattr(self.view, str(self.method).lower(), None)
        return cleandoc(getattr(handler, "__doc__", None) or type(self.view).__doc__ or "")

    def get_summary(self) -> str | None:
        """The description's first line."""
        return (self.get_description() or "").partition("\n")[0].rstrip(".") or None

    def get_override_parameters(self) -> list[Any]:
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            return [_IDEMPOTENCY_KEY]
        return [_IF_NONE_MATCH]

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        responses: dict[str, Any] = super()._get_response_bodies(direction)
        if direction != "response":
            return responses
        for status in self._standard_errors():
            if str(status) not in responses:
                problem = OpenApiResponse(ProblemSerializer, _TEXTS[status])
                responses[str(status)] = self._get_response_for_code(problem, str(status), [PROBLEM])  # type: ignore[no-untyped-call]
        if self.method == "GET":
            responses.setdefault(
                "304", {"description": "Not modified: the ETag of If-None-Match still holds"}
            )
        return dict(sorted(responses.items()))

    def _standard_errors(self) -> list[int]:
        writes = self.method in {"POST", "PUT", "PATCH", "DELETE"}
        found = [401, 422, 429]  # 401: also a public operation refuses a token that has expired
        if AllowAny not in self.view.permission_classes or writes:
            found.append(403)
        if "{" in self.path or getattr(self.view, "may_not_find", False):
            found.append(404)
        if writes:
            found += [400, 409, 413, 415]
        return sorted(found)
