"""Pages of conversations, on all sides, and of reported posts."""

from django.urls import include, path

from notifications.views import moderation, replying, threads, writing

_THREAD = "messages/<uuid:thread_id>/"
thread_patterns = [
    path("messages/", threads.driver_threads, name="list"),
    path(_THREAD, threads.thread, name="thread"),
    path(f"{_THREAD}block/", threads.block_other, name="block"),
    path(f"{_THREAD}unblock/", threads.unblock_other, name="unblock"),
    path("messages/posts/<uuid:post_id>/report/", moderation.report, name="report"),
    path("messages/by-link/<str:link>/", replying.by_link, name="by-link"),
    path("bookings/<reference:reference>/write/", writing.about_own_booking, name="about-booking"),
    path("stations/<slug:slug>/write/", writing.about_station, name="about-station"),
    path("operator/messages/", threads.operator_threads, name="desk"),
    path("operator/bookings/<reference:reference>/write/", writing.about_booking_at_desk, name="to-driver"),
    path("operator/stations/<uuid:station_id>/write/", writing.about_own_approval, name="to-administrators"),
    path("console/conversations/", threads.administrator_threads, name="console"),
    path("console/stations/<uuid:station_id>/write/", writing.about_approval, name="to-operator"),
]
moderation_patterns = [
    path("", moderation.reported, name="reports"),
    path("<uuid:report_id>/", moderation.decide, name="report"),
]
urlpatterns = [
    path("", include((thread_patterns, "threads"))),
    path("console/reports/", include((moderation_patterns, "moderation"))),
]
