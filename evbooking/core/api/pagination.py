"""Lists in pages: opaque cursors over a total order, or over an offset where the order is computed."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from evbooking.core.api.json import dumps
from evbooking.core.errors import Invalid

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 200
MAX_OFFSET = 1_000_000

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of `items`, and the addresses of its neighbours."""

    items: Sequence[T]
    next: str | None
    previous: str | None

    def answer(self, results: Sequence[Any]) -> Response:
        """The list answer; `results` are the items in their JSON shape."""
        return Response({"next": self.next, "previous": self.previous, "results": results})


def page_size(request: Request) -> int:
    """`page_size`: 1 to 200, more counts as 200, default 50. Raises Invalid for what is no number or below 1."""
    text = request.query_params.get("page_size", "")
    if text == "":
        return DEFAULT_PAGE_SIZE
    if not (text.isascii() and text.isdigit()) or not text.strip("0"):
        raise Invalid.one("page_size", "invalid", "page_size is a whole number from 1 to 200.")
    return int(text) if len(text) <= 3 and int(text) < MAX_PAGE_SIZE else MAX_PAGE_SIZE


def paginate(request: Request, queryset: QuerySet[M], ordering: Sequence[str]) -> Page[M]:
    """A page of `queryset` ordered by its own non-null columns `ordering` ("-start", "id"), the last one unique.

    Later rows do not shift a page: the cursor holds the values of the row it starts from. Raises Invalid.
    """
    size, (backwards, values) = page_size(request), _read_keyset(request, queryset.model, ordering)
    order = [_reversed(name) for name in ordering] if backwards else list(ordering)
    if values:
        queryset = queryset.filter(_after(order, values))
    rows = list(queryset.order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (True, more) if backwards else (more, bool(values))
    return Page(
        rows,
        _keyset_url(request, rows[-1], ordering, backwards=False) if rows and has_next else None,
        _keyset_url(request, rows[0], ordering, backwards=True) if rows and has_previous else None,
    )


def paginate_by_offset(request: Request, fetch: Callable[[int, int], Sequence[T]]) -> Page[T]:
    """A page of a computed order (nearest first): `fetch(offset, limit)` gives the rows. Raises Invalid."""
    size, offset = page_size(request), _read_offset(request)
    rows = list(fetch(offset, size + 1))
    return Page(
        rows[:size],
        _url(request, [offset + size]) if len(rows) > size else None,
        _url(request, [max(0, offset - size)]) if offset else None,
    )


class OpaqueCursorPagination(BasePagination):
    """`paginate` for DRF's generic views (by the view's `ordering`), and the shape of a list in the schema."""

    page: Page[Any]

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        if not isinstance(queryset, QuerySet):
            raise TypeError("Only a queryset has the columns a cursor is made of.")
        self.page = paginate(request, queryset, getattr(view, "ordering", ("pk",)))
        return list(self.page.items)

    def get_paginated_response(self, data: Any) -> Response:
        return self.page.answer(data)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        url = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": url, "previous": url, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "default": DEFAULT_PAGE_SIZE}
        return [
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
            {"name": "page_size", "in": "query", "required": False, "schema": size},
        ]


def _read_cursor(request: Request) -> list[Any] | None:
    text = request.query_params.get("cursor", "")
    if not text:
        return None
    try:
        value = json.loads(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        raise _bad_cursor() from None
    if not isinstance(value, list):
        raise _bad_cursor()
    return value


def _read_offset(request: Request) -> int:
    match _read_cursor(request):
        case None:
            return 0
        case [int(offset)] if offset is not True and 0 <= offset <= MAX_OFFSET:
            return offset
        case _:
            raise _bad_cursor()


def _read_keyset(request: Request, model: type[Model], ordering: Sequence[str]) -> tuple[bool, list[Any]]:
    cursor = _read_cursor(request)
    if cursor is None:
        return False, []
    if len(cursor) != len(ordering) + 1 or not isinstance(cursor[0], bool):
        raise _bad_cursor()
    fields = [
        model._meta.pk if name.lstrip("-") == "pk" else model._meta.get_field(name.lstrip("-"))
        for name in ordering
    ]
    try:
        values = [field.to_python(value) for field, value in zip(fields, cursor[1:], strict=True)]  # type: ignore[union-attr]
    except (ValidationError, ValueError, TypeError, OverflowError):
        raise _bad_cursor() from None
    if any(value is None or "\0" in str(value) for value in values):
        raise _bad_cursor()
    return cursor[0], values


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that follow `values` in `order`: (a, b) > (x, y), written so that the index on `a` is used."""
    later, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, than = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        later |= equal & Q(**{f"{field}__{than}": value})
        equal &= Q(**{field: value})
    return Q(**{f"{order[0].lstrip('-')}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]}) & later


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _keyset_url(request: Request, row: Model, ordering: Sequence[str], *, backwards: bool) -> str:
    return _url(request, [backwards, *(getattr(row, name.lstrip("-")) for name in ordering)])


def _url(request: Request, cursor: list[Any]) -> str:
    text = base64.urlsafe_b64encode(dumps(cursor)).decode()
    return replace_query_param(request.build_absolute_uri(), "cursor", text)


def _bad_cursor() -> Invalid:
    return Invalid.one("cursor", "invalid", "The cursor is not one of ours; start again without it.")
