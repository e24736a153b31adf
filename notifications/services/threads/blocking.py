"""Blocking: a driver and an operator can each end the writing between them, and begin it again."""

from datetime import datetime

from django.db import transaction

from accounts.models import Operator, User
from evbooking.core import audit
from evbooking.core.errors import WrongState
from notifications.models import Block
from notifications.seats import Seat

_OF_APPROVAL = "What is written about an approval cannot be blocked."


@transaction.atomic
def block(seat: Seat, *, now: datetime) -> None:
    """Neither side writes to the other in any thread until the block is lifted; once more does nothing.

    Raises WrongState in a thread about an approval: administrators cannot be blocked, and do not block.
    """
    driver, operator = _pair(seat)
    made, created = Block.objects.get_or_create(
        driver=driver, operator=operator, by=seat.side, defaults={"created_at": now}
    )
    if created:
        after = {"driver": str(driver.pk), "operator": str(operator.pk), "by": seat.side}
        audit.record("conversation.block", target=made, actor=seat.user, before=None, after=after)


@transaction.atomic
def unblock(seat: Seat) -> None:
    """Lift the block of this person's side; without one nothing happens. Raises as `block`."""
    driver, operator = _pair(seat)
    for made in Block.objects.select_for_update().filter(driver=driver, operator=operator, by=seat.side):
        before = {"driver": str(driver.pk), "operator": str(operator.pk), "by": seat.side}
        audit.record("conversation.unblock", target=made, actor=seat.user, before=before, after=None)
        made.delete()


def _pair(seat: Seat) -> tuple[User, Operator]:
    if seat.thread.driver is None:
        raise WrongState(_OF_APPROVAL)
    return seat.thread.driver, seat.thread.operator
