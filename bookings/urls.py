"""Pages of drivers. The station page belongs here too, because its slots do."""

from django.urls import include, path, register_converter

from bookings.views import actions, calendars, mine, new, offers, reschedule, search, station, waitlist
from bookings.views.series import mine as series
from bookings.views.series import repeat


class Reference:
    """A booking's reference: letters and digits that cannot be mistaken for each other."""

    regex = "[A-Z2-9]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Reference, "reference")

station_pages = [path("stations/<slug:slug>/", station.detail, name="detail")]
booking_pages = [
    path("stations/<slug:slug>/book/", new.new, name="new"),
    path("stations/<slug:slug>/wait/", waitlist.wait, name="wait"),
    path("waiting-list/<uuid:entry_id>/leave/", waitlist.leave_line, name="waitlist-leave"),
    path("waiting-list/offers/<str:offer>/", offers.waitlist_offer, name="waitlist-offer"),
    path("bookings/", mine.bookings, name="list"),
    path("bookings/calendar/", calendars.my_calendar, name="calendar"),
    path("bookings/calendar/stop/", calendars.stop_calendar, name="calendar-stop"),
    path("stations/<slug:slug>/repeat/", repeat.repeat, name="repeat"),
    path("bookings/series/<uuid:series_id>/", series.series, name="series"),
    path("bookings/series/<uuid:series_id>/change/", series.change, name="series-change"),
    path("bookings/series/<uuid:series_id>/cancel/", series.cancel, name="series-cancel"),
    path("bookings/series/<uuid:series_id>/withdraw/", series.withdraw, name="series-withdraw"),
    path("bookings/<reference:reference>.ics", calendars.booking_ics, name="ics"),
    path("bookings/<reference:reference>/", mine.detail, name="detail"),
    path("bookings/<reference:reference>/confirm/", actions.confirm_hold, name="confirm"),
    path("bookings/<reference:reference>/cancel/", actions.cancel_booking, name="cancel"),
    path("bookings/<reference:reference>/reschedule/", reschedule.move, name="reschedule"),
    path("bookings/<reference:reference>/start/", actions.start, name="start"),
    path("bookings/<reference:reference>/stop/", actions.stop_charging, name="stop"),
]
urlpatterns = [
    path("", search.search, name="home"),
    path("", include((station_pages, "stations"))),
    path("", include((booking_pages, "bookings"))),
    path("calendar/<str:address>.ics", calendars.feed, name="calendar"),
    path("operator/bookings/", include("bookings.desk_urls")),
]
