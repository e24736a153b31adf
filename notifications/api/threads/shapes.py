"""What requests about conversations carry, and the shapes of threads, posts and reports."""

from typing import Any

from rest_framework import serializers

from bookings.api.bookings.shapes import Shape
from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer
from notifications.models import LONGEST_POST, Post, PostReport, Side, Thread

_ID_LENGTH = 64


class AboutInput(StrictSerializer):
    """One of the two."""

    booking = serializers.CharField(max_length=_ID_LENGTH, required=False, help_text="a reference")
    station = serializers.CharField(max_length=_ID_LENGTH, required=False, help_text="an id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"booking": ["Name a booking or a station."]}, code="required")
        return attrs


class StaffAboutInput(StrictSerializer):
    """One of the two."""

    booking = serializers.CharField(max_length=_ID_LENGTH, required=False, help_text="a reference")
    approval = serializers.CharField(max_length=_ID_LENGTH, required=False, help_text="the station's id")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError(
                {"booking": ["Name a booking or an approval."]}, code="required"
            )
        return attrs


class ApprovalInput(StrictSerializer):
    approval = serializers.CharField(max_length=_ID_LENGTH, help_text="the station's id")


class PostInput(StrictSerializer):
    body = serializers.CharField(max_length=LONGEST_POST, help_text="plain text, breaks are \\n")


class ThreadInput(PostInput):
    about = AboutInput()


class StaffThreadInput(PostInput):
    about = StaffAboutInput()


class AdminThreadInput(PostInput):
    about = ApprovalInput()


class ReportInput(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class AboutShape(Shape):
    kind = serializers.ChoiceField(Thread.About.choices)
    booking = serializers.CharField(allow_null=True, help_text="its reference")
    station = serializers.UUIDField()
    station_name = serializers.CharField()


class OperatorShape(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()


class ThreadShape(Shape):
    """As the caller's side sees it."""

    id = serializers.UUIDField()
    side = serializers.ChoiceField(Side.choices, help_text="the caller's")
    about = AboutShape()
    operator = OperatorShape()
    facing = serializers.CharField(help_text="the other side, by the name the caller may know")
    unread = serializers.IntegerField(min_value=0)
    last_words = serializers.CharField(help_text="the beginning of the last post")
    last_at = InstantField()
    created_at = InstantField()


class PostShape(Shape):
    id = serializers.UUIDField()
    thread = serializers.UUIDField()
    number = serializers.IntegerField(min_value=1)
    side = serializers.ChoiceField(Side.choices)
    writer = serializers.CharField(help_text="by the name the caller may know")
    own = serializers.BooleanField()
    body = serializers.CharField(allow_blank=True)
    emptied = serializers.ChoiceField(Post.Emptied.choices, allow_null=True)
    reported = serializers.BooleanField(help_text="by the caller, to the administrators")
    at = InstantField()


class OpenThreadShape(ThreadShape):
    may_write = serializers.BooleanField()
    blocked_by = serializers.ListField(child=serializers.ChoiceField(Side.choices))
    posts = PostShape(many=True, help_text="the last 50, the oldest first")


class PostsQuery(serializers.Serializer[Any]):
    before = serializers.IntegerField(
        min_value=1, max_value=2_147_483_647, required=False, help_text="posts before this number"
    )


class OperatorQuery(serializers.Serializer[Any]):
    operator = serializers.CharField(max_length=_ID_LENGTH, required=False)


class ReportShape(Shape):
    id = serializers.UUIDField()
    post = serializers.UUIDField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(PostReport.State.choices)
    created_at = InstantField()


class ReportedShape(ReportShape):
    """As administrators see it."""

    thread = serializers.UUIDField()
    body = serializers.CharField(allow_blank=True)
    side = serializers.ChoiceField(Side.choices)
    author = serializers.UUIDField(allow_null=True)
    reporter = serializers.UUIDField(allow_null=True)
    station = serializers.UUIDField()
    operator = serializers.UUIDField()
    resolved_at = InstantField(allow_null=True)


class ReportsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(PostReport.State.choices, default=PostReport.State.OPEN)
