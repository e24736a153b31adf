"""Addresses for machines: health, metrics, the API's document."""

from django.urls import path

from evbooking.core import views
from evbooking.core.api.docs import ApiDocs, ApiDocument
from evbooking.core.media import media

urlpatterns = [
    path("livez", views.livez, name="livez"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("media/<path:path>", media, name="media"),
    path("api/events/<str:name>.json", views.event_schema, name="event-schema"),
    path("api/schema/", ApiDocument.as_view(), name="api-schema"),
    path("api/docs/", ApiDocs.as_view(), name="api-docs"),
]
