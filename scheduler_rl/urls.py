"""Pages below /console/recommender/ (administrators) and /operator/prices/ (owners)."""

from django.urls import include, path

from scheduler_rl.views import console, hints

_VERSION = "versions/<uuid:version_id>/"
console_patterns = [
    path("", console.home, name="home"),
    path(f"{_VERSION}promote/", console.promote_version, name="promote"),
    path(f"{_VERSION}roll-back/", console.roll_back_to, name="roll-back"),
]
price_patterns = [path("", hints.hint, name="hint")]

urlpatterns = [
    path("console/recommender/", include((console_patterns, "console-recommender"))),
    path("operator/prices/", include((price_patterns, "operator-prices"))),
]
