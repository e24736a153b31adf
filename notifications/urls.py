"""Pages and webhooks of this app."""

from django.urls import include, path

from notifications.views import console, inbox, outbox, push, stopping, twilio, watches

message_patterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="read"),
    path("account/notifications/", inbox.preferences, name="preferences"),
    path("notifications/unsubscribe/<str:signed>/", stopping.unsubscribe_by_link, name="unsubscribe"),
    path("watches/", watches.watches, name="watches"),
    path("watches/new/", watches.new_watch, name="watch-new"),
    path("watches/<uuid:watch_id>/", watches.change_watch, name="watch-change"),
    path("watches/end/<str:watch_link>/", watches.end_watch_by_link, name="watch-end"),
    path("n/<str:code>/", stopping.stop_texts, name="stop"),
    path("notifications/twilio/status", twilio.status, name="twilio-status"),
    path("notifications/twilio/inbound", twilio.inbound, name="twilio-inbound"),
    path("service-worker.js", push.service_worker, name="service-worker"),
    path("sandbox/outbox/", outbox.outbox, name="sandbox"),
    path("sandbox/outbox/mail/<str:mail_id>/", outbox.mail, name="sandbox-mail"),
    path("sandbox/outbox/device/", outbox.add_device, name="sandbox-device"),
]
_DELIVERY = "deliveries/<int:delivery_id>/"
console_patterns = [
    path("", console.home, name="home"),
    path("messages/", console.sent_messages, name="messages"),
    path(_DELIVERY, console.delivery, name="delivery"),
    path(f"{_DELIVERY}replay/", console.replay, name="replay"),
    path(f"{_DELIVERY}discard/", console.discard, name="discard"),
]
urlpatterns = [
    path("", include((message_patterns, "notifications"))),
    path("console/outbox/", include((console_patterns, "outbox"))),
    path("", include("notifications.thread_urls")),
    path("", include("notifications.operator_urls")),
]
