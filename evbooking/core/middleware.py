"""The core's middleware: request metrics, problem answers under /api/, the caller's address."""

from collections.abc import Callable
from time import perf_counter

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from evbooking.core.api.problems import is_api, problem_for_status
from evbooking.core.metrics import observe_request
from evbooking.core.request_context import client_address, serving

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class MetricsMiddleware:
    """Times every request under its route's pattern, never its raw path; stands first."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = perf_counter()
        response = self.get_response(request)
        route = request.resolver_match.route if request.resolver_match else "unmatched"
        observe_request(request.method or "", route, response.status_code, perf_counter() - started)
        return response


class ApiProblemMiddleware:
    """Turns Django's own HTML error answers under /api/ into problem documents.

    A path with a NUL byte, which PostgreSQL cannot even be asked about, is nowhere.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path:
            return problem_for_status(404)
        response = self.get_response(request)
        if response.status_code < 400 or not is_api(request):
            return response
        if response.get("Content-Type", "").startswith("text/html"):
            return problem_for_status(response.status_code)
        return response


class RequestContextMiddleware:
    """Keeps the caller's address for the audit and the rate limits while the request is served."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with serving(client_address(request)):
            return self.get_response(request)


class PolicyMiddleware(CSPMiddleware):
    """django-csp's. It would put the page's policy together even where the answer, as the API's, has one."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if HEADER in response else super().process_response(request, response)
