"""Reading a thread: the person's mark moves on, and what told of the posts is read, too."""

from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.models import User
from notifications.models import Channel, Notification, ReadMark, Thread
from notifications.seats import Seat
from notifications.services.telling import show_unread

State = Notification.State
_SEEN_ALREADY = "Read before it went out."


@transaction.atomic
def mark_thread_read(seat: Seat, *, number: int, now: datetime) -> None:
    """Mark the posts up to `number` as read by this person; mails that still wait to tell of them do not go."""
    thread, user = seat.thread, seat.user
    if ReadMark.objects.filter(thread=thread, user=user, number__gte=number).exists():
        return
    _move_mark(thread, user, number)
    told = Notification.objects.filter(recipient=user, data__thread=str(thread.pk), data__number__lte=number)
    told.filter(state=State.QUEUED).update(state=State.SKIPPED, error=_SEEN_ALREADY)
    if told.filter(channel=Channel.INBOX, read_at=None).update(read_at=now):
        transaction.on_commit(partial(show_unread, [user.pk]))


def _move_mark(thread: Thread, user: User, number: int) -> None:
    """Forward only, whichever of two pages is later."""
    ReadMark.objects.bulk_create([ReadMark(thread=thread, user=user, number=0)], ignore_conflicts=True)
    ReadMark.objects.filter(thread=thread, user=user, number__lt=number).update(number=number)
