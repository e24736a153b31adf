"""What has been written in the seeded world: about a booking, a station and an approval, and a reported post."""

from datetime import datetime
from typing import Any

from accounts.models import User
from bookings.models import Booking
from notifications.links import thread_url
from notifications.models import Side
from notifications.seats import Subject
from notifications.selectors.threads import seat_in
from notifications.services.threads.reporting import report_post
from notifications.services.threads.writing import post, write_about
from stations.models import Station


def make_conversations(people: dict[str, User], ids: dict[str, Any], now: datetime) -> dict[str, str]:
    """The driver asks about a booking, staff answers, which the driver reports; and an approval is discussed."""
    driver, staff = people["driver"], people["staff"]
    booking = Booking.objects.select_related("station", "driver").get(reference=ids["reserved"])
    asked = write_about(
        Subject.of_booking(booking), author=driver, side=Side.DRIVER, body="Is there a code?", now=now
    )
    answer = post(seat_in(staff, asked.thread_id), body="It is 4711.", now=now)
    report = report_post(answer, seat=seat_in(driver, asked.thread_id), reason="It is not.", now=now)
    submitted = Station.objects.get(pk=ids["submitted_station"])
    about = write_about(
        Subject.of_approval(submitted),
        author=people["administrator"],
        side=Side.ADMINISTRATOR,
        body="Which entrance is it?",
        now=now,
    )
    owner = people["owner"]
    doubted = report_post(about, seat=seat_in(owner, about.thread_id), reason="It is no question.", now=now)
    return {
        "other_report": str(doubted.pk),
        "thread": str(asked.thread_id),
        "approval_thread": str(about.thread_id),
        "answer": str(answer.pk),
        "report": str(report.pk),
        "thread_link": thread_url(driver.pk, asked.thread_id).rstrip("/").rsplit("/", 1)[1],
    }
