"""Dead letters: deliveries that failed too often, and what an administrator does about them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from evbooking.core import audit
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.models import EventDelivery
from evbooking.core.pumps import OUTBOX, wake_after_commit


def dead_letters() -> QuerySet[EventDelivery]:
    """The dead, oldest first, each with `held_back`: how many wait behind it for the same subject and handler."""
    behind = (
        EventDelivery.objects.filter(
            done_at=None,
            handler=OuterRef("handler"),
            subject=OuterRef("subject"),
            sequence__gt=OuterRef("sequence"),
        )
        .order_by()
        .values("handler")
        .annotate(count=Count("pk"))
        .values("count")
    )
    dead = EventDelivery.objects.filter(done_at=None, dead_at__isnull=False).select_related("event")
    return dead.annotate(held_back=Coalesce(Subquery(behind), 0)).order_by("pk")


def failing() -> QuerySet[EventDelivery]:
    """Deliveries that failed and will be tried again, the next one first."""
    waiting = EventDelivery.objects.filter(done_at=None, dead_at=None, attempts__gt=0)
    return waiting.select_related("event").order_by("next_attempt_at", "pk")


@transaction.atomic
def replay(delivery: EventDelivery, *, actor: AbstractBaseUser) -> None:
    """Try a dead or failing delivery again now, with all its attempts before it. Raises WrongState when it is done."""
    open_ = EventDelivery.objects.filter(pk=delivery.pk, done_at=None)
    if not open_.update(dead_at=None, attempts=0, next_attempt_at=timezone.now()):
        raise WrongState("This delivery is done.")
    _record("event.replay", delivery, actor)
    wake_after_commit(OUTBOX)


@transaction.atomic
def discard(delivery: EventDelivery, *, actor: AbstractBaseUser, reason: str) -> None:
    """Give a dead delivery up, so that what waits behind it goes on. Raises Invalid without a reason, WrongState."""
    if not reason.strip():
        raise Invalid.one("reason", "required", "State why this handler need not know.")
    dead = EventDelivery.objects.filter(pk=delivery.pk, done_at=None, dead_at__isnull=False)
    if not dead.update(done_at=timezone.now()):
        raise WrongState("Only a dead delivery can be discarded.")
    _record("event.discard", delivery, actor, reason.strip())
    wake_after_commit(OUTBOX)


def _record(action: str, delivery: EventDelivery, actor: AbstractBaseUser, reason: str = "") -> None:
    before = {"event": delivery.event_id, "handler": delivery.handler, "error": delivery.last_error}
    audit.record(action, target=delivery, actor=actor, before=before, after=None, reason=reason)
