"""The clock's tasks; when they run stands in evbooking.core.schedule."""

from celery import shared_task
from django.utils import timezone

from bookings.services import clock
from bookings.services.series.later import book_opened
from bookings.services.telling import tell_changed_statuses
from bookings.services.waitlist.gains import forget_gains
from bookings.services.waitlist.joining import lapse
from bookings.services.waitlist.offering import offer_gains, sweep_lines


@shared_task
def expire_holds() -> int:
    """Let go of the slots whose hold has run out."""
    return clock.expire_holds(timezone.now())


@shared_task
def advance_bookings() -> int:
    """Fail what nobody answered, mark who did not come, complete what is over."""
    now = timezone.now()
    return clock.fail_unanswered(now) + clock.mark_no_shows(now) + clock.complete_ended(now)


@shared_task
def tell_statuses() -> int:
    """Tell watchers about EVSEs whose shown status has changed by the clock alone."""
    return tell_changed_statuses(timezone.now())


@shared_task
def book_later_dates() -> int:
    """Book the dates of series that have come within the horizon of their stations' terms."""
    return book_opened(timezone.now())


@shared_task
def advance_waitlist() -> int:
    """Offer what came free, should no relay process do it, and what the clock freed; end what is over.

    Offers that nobody answered end with their holds, by `expire_holds`. Returns how many entries and gains were met.
    """
    now = timezone.now()
    forget_gains(now)
    return offer_gains() + lapse(now) + sweep_lines(now)
