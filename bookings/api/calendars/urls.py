"""Addresses of calendars, below /api/v1/."""

from django.urls import path

from bookings.api.calendars import views

urlpatterns = [
    path("bookings/<str:reference>.ics", views.BookingCalendarView.as_view(), name="booking-calendar"),
    path("calendar-feeds", views.FeedsView.as_view(), name="calendar-feeds"),
    path("calendar-feeds/<str:feed_id>", views.FeedView.as_view(), name="calendar-feed"),
]
