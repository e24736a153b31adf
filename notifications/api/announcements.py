"""`/operator/announcements` and `/admin/announcements`."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.api.views.lists import listed
from accounts.api.views.requests import SignedInRequest
from accounts.models import Operator
from accounts.scoping import Role
from accounts.selectors import choose_operator
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField
from evbooking.core.api.pagination import paginate
from evbooking.core.api.serializers import StrictSerializer, read_body, read_query
from notifications.models import Announcement
from notifications.selectors.announcements import announcements_by
from notifications.services.announcing import LONGEST_BODY, Draft, announce, count_recipients
from stations.api.views.base import (
    ADMINISTRATORS,
    OPERATORS,
    AdminListView,
    OperatorListView,
)

_ID_LENGTH = 64
Audience = Announcement.Audience


class AnnouncementSerializer(serializers.ModelSerializer[Announcement]):
    """`recipients` were counted when it was sent off; `told` is how many have been told so far."""

    operator = serializers.UUIDField(source="operator_id", allow_null=True)
    stations = serializers.ListField(source="station_ids", child=serializers.UUIDField())
    recipients = serializers.IntegerField(source="expected")
    at = InstantField()
    finished_at = InstantField(allow_null=True)

    class Meta:
        model = Announcement
        fields = [
            "id",
            "operator",
            "audience",
            "stations",
            "is_essential",
            "title",
            "body",
            "title_de",
            "body_de",
            "at",
            "state",
            "recipients",
            "told",
            "finished_at",
        ]


class _Words(StrictSerializer):
    """German words are optional; where there are some, there are both."""

    title = serializers.CharField(max_length=100)
    body = serializers.CharField(max_length=LONGEST_BODY)
    title_de = serializers.CharField(max_length=100, required=False, allow_blank=True)
    body_de = serializers.CharField(max_length=LONGEST_BODY, required=False, allow_blank=True)


class AnnouncementInput(_Words):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)
    stations = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=1000, help_text="all of them, if omitted"
    )


class AdminAnnouncementInput(_Words):
    audience = serializers.ChoiceField([Audience.USERS, Audience.OPERATORS])
    is_essential = serializers.BooleanField(default=False, help_text="by mail even to who wants none")


class ReachSerializer(serializers.Serializer[Any]):
    recipients = serializers.IntegerField(min_value=0)


class AnnouncementsQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)


class PreviewQuery(serializers.Serializer[Any]):
    preview = serializers.BooleanField(default=False, help_text="only count whom it would reach")


_ANSWERS = {200: ReachSerializer, 201: AnnouncementSerializer}


class AnnouncementsView(OperatorListView):
    may_not_find = True

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_announcements",
        parameters=[AnnouncementsQuery],
        responses=AnnouncementSerializer(many=True),
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What the operator has announced, the newest first."""
        query = read_query(request, AnnouncementsQuery)
        return _page(request, choose_operator(request.user, query.get("operator")))

    @extend_schema(
        tags=OPERATORS,
        operation_id="operator_announce",
        parameters=[PreviewQuery],
        request=AnnouncementInput,
        responses=_ANSWERS,
    )
    def post(self, request: SignedInRequest) -> Response:
        """Tell everybody with a booking to come at the operator's stations. 429 after three within a day."""
        fields = read_body(request, AnnouncementInput)
        operator = choose_operator(request.user, fields.pop("operator", None), minimum=Role.MANAGER)
        stations = fields.pop("stations", [])
        return _answer(request, fields | {"audience": Audience.BOOKED, "station_ids": stations}, operator)


class AdminAnnouncementsView(AdminListView):
    @extend_schema(
        tags=ADMINISTRATORS, operation_id="announcements", responses=AnnouncementSerializer(many=True)
    )
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What administrators have announced, the newest first."""
        return _page(request, None)

    @extend_schema(
        tags=ADMINISTRATORS,
        operation_id="announce",
        parameters=[PreviewQuery],
        request=AdminAnnouncementInput,
        responses=_ANSWERS,
    )
    def post(self, request: SignedInRequest) -> Response:
        """Tell everybody, or the people of all operators."""
        return _answer(request, read_body(request, AdminAnnouncementInput), None)


def _page(request: SignedInRequest, operator: Operator | None) -> HttpResponseBase:
    page = paginate(request, announcements_by(operator), ["-at", "id"])
    state = ((one.pk, one.told, one.state) for one in page.items)
    seen = conditional(request, request.META["QUERY_STRING"], page.next, *state)
    return seen or listed(page, AnnouncementSerializer)


def _answer(request: SignedInRequest, fields: dict[str, Any], operator: Operator | None) -> Response:
    now, draft = timezone.now(), Draft(**fields)
    if read_query(request, PreviewQuery)["preview"]:
        return Response({"recipients": count_recipients(draft, operator=operator, now=now)})
    made = announce(draft, operator=operator, actor=request.user, now=now)
    return Response(AnnouncementSerializer(made).data, status=201)
