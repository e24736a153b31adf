"""`/notifications`, `/notification-preferences` and `/devices`."""

from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.response import Response

from accounts.api.views.lists import listed
from accounts.api.views.requests import SignedInRequest
from accounts.models import User
from accounts.selectors import roles_of
from evbooking.core.api.etag import conditional
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.serializers import read_body
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from notifications.api.serializers import (
    DeviceInput,
    DeviceRemovalInput,
    DeviceSerializer,
    NotificationSerializer,
    PreferencesInput,
    PreferencesSerializer,
    ReadInput,
    UnreadSerializer,
)
from notifications.kinds import kinds_for
from notifications.selectors import enabled_table, inbox_of, unread_count, wishes_of
from notifications.services.devices import add_device, remove_device
from notifications.services.preferences import set_preferences
from notifications.services.reading import mark_read
from notifications.setup import vapid_public_key

TAGS = ["told"]


class NotificationsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=TAGS, operation_id="notifications", responses=NotificationSerializer(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """What stands in the person's inbox, the newest first."""
        newest = inbox_of(request.user).values_list("pk", flat=True).first()
        state = (request.user.pk, newest, unread_count(request.user), request.META["QUERY_STRING"])
        return conditional(request, *state) or self.page(request)

    def page(self, request: SignedInRequest) -> Response:
        page = paginate(request, inbox_of(request.user), ["-created_at", "id"])
        return listed(page, NotificationSerializer)


class ReadView(ApiView):
    @extend_schema(
        tags=TAGS, operation_id="notifications_read", request=ReadInput, responses=UnreadSerializer
    )
    def post(self, request: SignedInRequest) -> Response:
        """Mark messages as read; answers how many are left. Ids that are not the person's are ignored."""
        ids = read_body(request, ReadInput).get("ids")
        return Response({"unread": mark_read(request.user, ids=ids, now=timezone.now())})


class PreferencesView(ApiView):
    @extend_schema(tags=TAGS, operation_id="notification_preferences", responses=PreferencesSerializer)
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """By which channels the person is told what, and when not."""
        shape = _preferences(request.user)
        return conditional(request, str(shape)) or Response(shape)

    @extend_schema(
        tags=TAGS,
        operation_id="notification_preferences_set",
        request=PreferencesInput,
        responses=PreferencesSerializer,
    )
    def put(self, request: SignedInRequest) -> Response:
        """Change what is named; the rest stays."""
        body = read_body(request, PreferencesInput)
        set_preferences(request.user, switches=body.pop("kinds", {}), **body)
        return Response(_preferences(request.user))


class DevicesView(ApiView):
    may_not_find = True

    @extend_schema(
        tags=TAGS, operation_id="device_add", request=DeviceInput, responses={201: DeviceSerializer}
    )
    def post(self, request: SignedInRequest) -> Response:
        """Send web push to this browser; the same endpoint again replaces its keys."""
        body = read_body(request, DeviceInput)
        device = add_device(
            request.user, endpoint=body["endpoint"], name=body.get("name", ""), **body["keys"]
        )
        return Response(DeviceSerializer(device).data, status=201)

    @extend_schema(
        tags=TAGS,
        operation_id="device_remove",
        description='Send no more web push to the browser of `{"endpoint": "…"}`.',
        responses={204: OpenApiResponse(description="Removed")},
    )
    def delete(self, request: SignedInRequest) -> Response:
        endpoint = read_body(request, DeviceRemovalInput)["endpoint"]
        if not remove_device(request.user, endpoint=endpoint):
            raise NotFound
        return Response(status=204)


def _preferences(user: User) -> dict[str, object]:
    wishes = wishes_of([user])[user.pk]
    kinds = [
        {"kind": kind.name, "title": kind.label, "channels": channels, "always": sorted(kind.always)}
        for kind, channels in enabled_table(user, kinds_for(roles_of(user)))
    ]
    shape = {
        "quiet_from": wishes.quiet_from,
        "quiet_until": wishes.quiet_until,
        "digest": wishes.digest,
        "kinds": kinds,
        "vapid_public_key": vapid_public_key(),
    }
    return dict(PreferencesSerializer(shape).data)
