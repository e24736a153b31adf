"""The API's document, generated once per process, and as a page to read without a script."""

from functools import cache
from typing import Any

from django.conf import settings
from django.views.generic import TemplateView
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class KeptGenerator(SchemaGenerator):
    """Gives the whole document from memory: writing it takes most of a second."""

    def get_schema(self, request: Request | None = None, public: bool = False) -> dict[str, Any]:
        return _document(settings.ROOT_URLCONF)


class ApiDocument(SpectacularAPIView):
    """`GET /api/schema/`: OpenAPI 3.1 as YAML or, by Accept or ?format=json, as JSON; for everyone."""

    authentication_classes = []
    permission_classes = []
    generator_class = KeptGenerator


class ApiDocs(TemplateView):
    """`GET /api/docs/`: every operation with its parameters and answers."""

    template_name = "core/api_docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document = _document(settings.ROOT_URLCONF)
        return super().get_context_data(**kwargs, info=document["info"], groups=_groups(document))


@cache
def _document(urlconf: str) -> dict[str, Any]:
    document: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


def _groups(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, in the document's order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            entry = {"method": method.upper(), "path": path, **operation}
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(entry)
    return groups
