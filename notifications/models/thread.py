"""Conversations: threads between two sides, the posts in them, and how far each person has read."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Operator
from bookings.models import Booking
from stations.models import Station

LONGEST_POST = 4000


class Side(models.TextChoices):
    """Who takes part: the driver, all people of the operator, all administrators."""

    DRIVER = "driver", "driver"
    OPERATOR = "operator", "operator"
    ADMINISTRATOR = "administrator", "administrator"


class Thread(models.Model):
    """What is written about one booking, by one driver about one station, or about a station's approval.

    Sides take part, not people: who joins an operator reads on where colleagues were, who leaves it reads no more.
    There is one thread of each, whoever begins first, by unique indexes.
    """

    class About(models.TextChoices):
        BOOKING = "booking", "a booking"
        STATION = "station", "a station"
        APPROVAL = "approval", "an approval"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    about = models.CharField(max_length=8, choices=About)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    driver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    last_number = models.PositiveIntegerField(default=0, help_text="of its posts, counted from 1")
    created_at = models.DateTimeField()
    last_at = models.DateTimeField(help_text="when the last post was written")
    unread: int  # in lists, by selectors.threads, as are the next two
    last_words: str
    last_side: str

    class Meta:
        ordering = ["-last_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "driver"], condition=Q(about="booking"), name="thread_once_per_booking"
            ),
            models.UniqueConstraint(
                fields=["station", "driver"], condition=Q(about="station"), name="thread_once_per_station"
            ),
            models.UniqueConstraint(
                fields=["station"], condition=Q(about="approval"), name="thread_once_per_approval"
            ),
            models.CheckConstraint(
                condition=Q(about="booking", booking__isnull=False, driver__isnull=False)
                | Q(about="station", booking=None, driver__isnull=False)
                | Q(about="approval", booking=None, driver=None),
                name="thread_has_its_sides",
            ),
        ]
        indexes = [
            models.Index(fields=["driver", "-last_at", "id"], name="thread_of_driver"),
            models.Index(fields=["operator", "-last_at", "id"], name="thread_of_operator"),
            models.Index(fields=["-last_at", "id"], name="thread_of_approval", condition=Q(about="approval")),
        ]

    def __str__(self) -> str:
        return f"{self.get_about_display()} at {self.station}"

    def other_side(self, side: Side) -> Side:
        """Who reads what this side writes."""
        facing = Side.ADMINISTRATOR if self.about == self.About.APPROVAL else Side.DRIVER
        return facing if side == Side.OPERATOR else Side.OPERATOR


class Post(models.Model):
    """Plain text of one person, on one side; never changed, only emptied (trigger `post_append_only`)."""

    class Emptied(models.TextChoices):
        ERASED = "ERASED", "its author's account was deleted"
        REMOVED = "REMOVED", "an administrator removed it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="posts", db_index=False)
    number = models.PositiveIntegerField(help_text="its place in the thread, from 1, without gaps")
    side = models.CharField(max_length=13, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    body = models.TextField(max_length=LONGEST_POST)
    emptied = models.CharField(max_length=7, choices=Emptied, blank=True)
    event_id = models.BigIntegerField(help_text="of thread.posted, by which its messages are found")
    at = models.DateTimeField()

    class Meta:
        ordering = ["thread", "number"]
        constraints = [
            models.UniqueConstraint(fields=["thread", "number"], name="post_number_once"),
            models.CheckConstraint(
                condition=Q(emptied="", author__isnull=False) & ~Q(body="") | ~Q(emptied="") & Q(body=""),
                name="post_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.number} of {self.thread_id}"


class ReadMark(models.Model):
    """Up to which post of a thread a person has read."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="marks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} has read {self.number} of {self.thread_id}"
