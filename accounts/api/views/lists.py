"""A page of a list in its JSON shape."""

from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from evbooking.core.api.pagination import Page


def listed(page: Page[Any], shape: type[BaseSerializer[Any]]) -> Response:
    """The answer to a list: `{next, previous, results}`, each result in `shape`."""
    return page.answer(list(shape(page.items, many=True).data))
