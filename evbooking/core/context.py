"""What every page's template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """The installation's own settings that pages show: demo banner, map tiles, live updates."""
    return {
        "EVB_DEMO": settings.EVB_DEMO,
        "MAP_TILE_URL": settings.MAP_TILE_URL,
        "MAP_ATTRIBUTION": settings.MAP_ATTRIBUTION,
        "PUBLIC_URL": settings.PUBLIC_URL,
    }
