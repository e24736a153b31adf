"""Small words of the staff's pages: names, shares, the status of an EVSE."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django import template

from bookings.presentation.staff import short_name
from bookings.selectors.statuses import ShownStatus
from evbooking.core.ocpi import Status

register = template.Library()
register.filter("short_name", short_name)


@register.filter
def status_of(statuses: Mapping[UUID, ShownStatus], evse_id: UUID) -> Status:
    """What the EVSE is shown as."""
    return statuses[evse_id].status


@register.filter
def percent(share: Decimal) -> str:
    """42 % for 0.42; a tenth more exactly below ten."""
    of_hundred = share * 100
    return f"{of_hundred:.0f} %" if of_hundred >= 10 or not of_hundred else f"{of_hundred:.1f} %"


@register.filter
def bar(share: Decimal) -> str:
    """The value of a <meter>: a full bar for more than all, written as HTML reads numbers."""
    return f"{min(share, Decimal(1)):.3f}"
