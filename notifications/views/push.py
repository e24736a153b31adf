"""The service worker, which must come from the root to receive pushes for the whole site."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def service_worker(_request: HttpRequest) -> HttpResponse:
    script = (Path(settings.BASE_DIR) / "static" / "js" / "service_worker.js").read_text()
    headers = {"Cache-Control": "no-cache"}
    return HttpResponse(script, content_type="text/javascript", headers=headers)
