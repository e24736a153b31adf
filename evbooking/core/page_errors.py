"""Refusals that end a page: what a view did not catch becomes the page of its status."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from evbooking.core.api.problems import is_api
from evbooking.core.errors import Forbidden, NotFound, RateLimited

TEMPLATES = {404: "404.html", 403: "403.html", 429: "429.html"}


class PageErrorMiddleware(MiddlewareMixin):
    """NotFound, Forbidden and RateLimited raised below a page answer 404, 403 and 429; the API has its own way."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if is_api(request) or not isinstance(error, NotFound | Forbidden | RateLimited):
            return None
        response = render(request, TEMPLATES[error.status], status=error.status)
        if isinstance(error, RateLimited):
            response["Retry-After"] = str(error.retry_after)
        return response
