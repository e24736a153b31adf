"""Addresses that only these tests serve: the core's own, and one small view of each kind."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_protect
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.pagination import paginate, paginate_by_offset
from evbooking.core.api.serializers import StrictSerializer, read_body, read_query
from evbooking.core.api.views import ApiView
from evbooking.core.errors import DomainError, Forbidden, NotFound, RateLimited
from evbooking.core.models import EventSubject
from evbooking.core.urls import urlpatterns as core_urls


class SlotGone(DomainError):
    code = "slot_gone"
    title = "The slot is gone."


class NoteSerializer(StrictSerializer):
    text = serializers.CharField(max_length=20)
    at = InstantField(required=False)
    energy_kwh = DecimalStringField(max_digits=5, decimal_places=2, min_value=0, required=False)
    price = MoneyField(required=False)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)


class WindowSerializer(StrictSerializer):
    text = serializers.CharField(max_length=5, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=50, default=30)


class Notes(ApiView):
    """Counts what it is asked to do, under the caller's name, so that tests see how often it was done."""

    @extend_schema(parameters=[WindowSerializer], responses=WindowSerializer)
    def get(self, request: Request) -> Response:
        return Response(read_query(request, WindowSerializer))

    @extend_schema(request=NoteSerializer, responses={201: NoteSerializer})
    def post(self, request: Request) -> Response:
        note = read_body(request, NoteSerializer)
        match note["text"]:
            case "missing":
                raise NotFound
            case "gone":
                raise SlotGone("Someone took it.", extra={"alternatives": [1, 2]})
            case "never":
                raise Forbidden
            case "slow down":
                raise RateLimited(7)
            case "broken":
                raise ZeroDivisionError
        subject, _ = EventSubject.objects.get_or_create(subject=note["text"], defaults={"last": 0})
        subject.last += 1
        subject.save()
        return Response(
            {"done": subject.last, "note": NoteSerializer(note).data}, status=201, headers={"Location": "/x"}
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        return Response(status=204)


class Uploads(ApiView):
    parser_classes = [MultiPartParser]
    max_body_bytes = 3_000_000

    @extend_schema(request=OpenApiTypes.BINARY, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request) -> Response:
        subject, _ = EventSubject.objects.get_or_create(subject="uploads", defaults={"last": 0})
        subject.last += 1
        subject.save()
        return Response({"size": request.FILES["image"].size, "done": subject.last})


class Counters(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        page = paginate(request, EventSubject.objects.all(), ("-last", "subject"))
        return page.answer([row.subject for row in page.items])


class Numbers(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        numbers = list(range(7))
        page = paginate_by_offset(request, lambda offset, limit: numbers[offset : offset + limit])
        return page.answer(page.items)


class State(ApiView):
    permission_classes = [AllowAny]

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Any:
        return conditional(request, EventSubject.objects.count()) or Response({"body": "built"})


@csrf_protect
def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("plain")


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [
    *core_urls,
    path("api/test/notes", Notes.as_view()),
    path("api/test/uploads", Uploads.as_view()),
    path("api/test/counters", Counters.as_view()),
    path("api/test/numbers", Numbers.as_view()),
    path("api/test/state", State.as_view()),
    path("api/test/plain", plain),
    path("api/test/broken", broken),
]

handler404 = "evbooking.core.views.not_found"
handler500 = "evbooking.core.views.server_error"
