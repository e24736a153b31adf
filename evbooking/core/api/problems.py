"""Problem documents outside DRF: unknown addresses, CSRF, too large bodies, faults."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from evbooking.core import errors
from evbooking.core.api.exceptions import PROBLEM, MethodNotAllowed
from evbooking.core.api.json import dumps
from evbooking.core.errors import DomainError

_BY_STATUS: dict[int, type[DomainError]] = {
    HTTPStatus.BAD_REQUEST: errors.MalformedBody,
    HTTPStatus.UNAUTHORIZED: errors.NotAuthenticated,
    HTTPStatus.FORBIDDEN: errors.Forbidden,
    HTTPStatus.NOT_FOUND: errors.NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: errors.BodyTooLarge,
}


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem_response(error: DomainError) -> HttpResponse:
    return HttpResponse(dumps(error.as_problem()), status=error.status, content_type=PROBLEM)


def problem_for_status(status: int) -> HttpResponse:
    """The problem that stands for a bare status of Django's own error pages."""
    return problem_response(_BY_STATUS.get(status, errors.ServerError)())
