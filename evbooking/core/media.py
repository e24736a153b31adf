"""Uploaded pictures: served by web itself, so that one machine needs nothing more; a proxy or CDN may cache them."""

from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
A_YEAR = 365 * 86400


@require_safe
def media(_request: HttpRequest, path: str) -> FileResponse:
    """A stored picture by its name, which is random and never given twice: caches may keep it for good."""
    content_type = TYPES.get(PurePosixPath(path).suffix.lower())
    try:
        if content_type is None or not default_storage.exists(path):
            raise Http404
        response = FileResponse(default_storage.open(path), content_type=content_type)
    except (SuspiciousFileOperation, IsADirectoryError) as error:
        raise Http404 from error
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
