"""Pages of an operator's staff, below /operator/bookings/."""

from django.urls import path

from bookings.views.operator import actions, bookings, calendars, today, utilisation, waitlist

app_name = "desk"
_ONE = "<reference:reference>/"
urlpatterns = [
    path("", today.today, name="today"),
    path("all/", bookings.bookings, name="bookings"),
    path("utilisation/", utilisation.utilisation, name="utilisation"),
    path("waiting-list/", waitlist.waitlist, name="waitlist"),
    path("calendars/", calendars.calendars, name="calendars"),
    path("calendars/<uuid:station_id>/", calendars.renew_calendar, name="calendar-renew"),
    path("calendars/<uuid:station_id>/stop/", calendars.stop_calendar, name="calendar-stop"),
    path(_ONE, bookings.booking, name="booking"),
    path(f"{_ONE}approve/", actions.approve, name="approve"),
    path(f"{_ONE}reject/", actions.reject, name="reject"),
    path(f"{_ONE}check-in/", actions.check_in, name="check_in"),
    path(f"{_ONE}stop/", actions.stop, name="stop"),
    path(f"{_ONE}no-show/", actions.no_show, name="no_show"),
    path(f"{_ONE}cancel/", actions.cancel, name="cancel"),
]
