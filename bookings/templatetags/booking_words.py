"""The words of bookings.presentation as filters: {{ slot.start|site_time:zone }}."""

from django import template

from bookings.presentation import words
from evbooking.core.api.json import instant
from evbooking.core.ocpi import ConnectorType, Facility, ReservationStatus

register = template.Library()

register.filter("lasting", words.lasting)
register.filter("minutes", words.minutes)
register.filter("plain", words.plain)
register.filter("site_day", words.site_day)
register.filter("site_clock", words.site_clock)
register.filter("site_time", words.site_time)
register.filter("zone_name", words.zone_name)
register.filter("instant", instant)


@register.filter
def connector(standard: str) -> str:
    """CCS2 for IEC_62196_T2_COMBO."""
    return str(ConnectorType(standard).label)


@register.filter
def facility(code: str) -> str:
    """Hotel for HOTEL."""
    label = str(Facility(code).label)
    return label[0].upper() + label[1:]


@register.filter
def booking_state(status: str) -> str:
    """The word for a state of a booking: Waiting for the operator."""
    return str(ReservationStatus(status).label).capitalize()
