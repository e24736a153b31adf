"""The pages of conversations: writing, reading, blocking and reporting without a script, on every side."""

import html
import re
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Operator, User
from bookings.models import Booking
from notifications.models import Block, Notification, Post, PostReport, Side, Thread
from notifications.seats import Subject
from notifications.services.threads.writing import write_about
from notifications.tests.threads.conftest import Deliver, SignedIn, Write, told
from stations.models import Station
from tests.factories import make_station
from tests.security.html import Parsed

pytestmark = pytest.mark.django_db
HOSTILE = '"><evil onclick=x()> javascript:alert(1) https://a.example/"onload=x'


def words(answer: Any) -> str:
    """The text a reader gets, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_a_driver_writes_from_the_booking_and_the_staff_answers(
    booking: Booking, driver: User, staff: User, signed_in: SignedIn, deliver: Deliver
) -> None:
    mine, theirs = signed_in(driver), signed_in(staff)
    door = f"/bookings/{booking.reference}/write/"
    assert f'href="{door}"' in mine.get(f"/bookings/{booking.reference}/").content.decode()
    assert "Write to Nordstrom Charging" in words(mine.get(door))
    assert not Thread.objects.exists(), "looking begins nothing"
    sent = mine.post(door, {"body": "Is there a code?"})
    thread = Thread.objects.get()
    assert sent["Location"] == f"/messages/{thread.pk}/#newest"
    deliver()
    assert "Dana D. 1 new" in words(theirs.get("/operator/messages/"))
    assert "Dana D." in words(theirs.get(f"/messages/{thread.pk}/"))
    theirs.post(f"/messages/{thread.pk}/", {"body": "It is 4711."})
    deliver()
    assert "Messages 1 unread" in words(mine.get("/inbox/"))
    assert "Nordstrom Charging 1 new" in words(mine.get("/messages/"))
    assert "Nordstrom Charging (Stina)" in words(mine.get(f"/messages/{thread.pk}/"))
    assert "1 unread" not in words(mine.get("/inbox/")), "the thread was read, and what told of it"
    assert mine.get(door)["Location"] == f"/messages/{thread.pk}/"


def test_anybody_signed_in_writes_to_a_public_station_and_to_no_other(
    station: Station, stranger: User, signed_in: SignedIn, operator: Operator
) -> None:
    browser = signed_in(stranger)
    door = f"/stations/{station.slug}/write/"
    assert f'href="{door}"' in browser.get(f"/stations/{station.slug}/").content.decode()
    browser.post(door, {"body": "Is there a roof?"})
    thread = Thread.objects.get()
    assert (thread.about, thread.driver, thread.operator) == ("station", stranger, operator)
    hidden = make_station(operator, approval=Station.Approval.SUBMITTED)
    assert browser.post(f"/stations/{hidden.slug}/write/", {"body": "Hello"}).status_code == 404
    assert Thread.objects.count() == 1


def test_the_staff_begins_about_a_booking_of_theirs_and_a_rival_does_not(
    booking: Booking, staff: User, rival: User, signed_in: SignedIn
) -> None:
    door = f"/operator/bookings/{booking.reference}/write/"
    assert signed_in(rival).post(door, {"body": "Come to us"}).status_code == 404
    assert not Post.objects.exists()
    signed_in(staff).post(door, {"body": "The gate is closed."})
    assert Post.objects.get().side == Side.OPERATOR


def test_an_approval_is_discussed_from_both_its_pages(
    operator: Operator, owner: User, administrator: User, signed_in: SignedIn
) -> None:
    station = make_station(operator, approval=Station.Approval.SUBMITTED)
    admin, own = signed_in(administrator), signed_in(owner)
    door = f"/console/stations/{station.pk}/write/"
    assert f'href="{door}"' in admin.get(f"/console/stations/{station.pk}/").content.decode()
    admin.post(door, {"body": "Which entrance?"})
    thread = Thread.objects.get()
    assert "evbooking (Ada)" in words(own.get(f"/messages/{thread.pk}/"))
    back = f"/operator/stations/{station.pk}/write/"
    assert f'href="{back}"' in own.get(f"/operator/stations/{station.pk}/").content.decode()
    own.post(back, {"body": "The north one."})
    assert "Nordstrom Charging (Otto)" in words(admin.get(f"/messages/{thread.pk}/"))
    assert "Nordstrom Charging 1 new" not in words(admin.get("/console/conversations/"))
    assert Thread.objects.count() == 1


def test_an_empty_message_is_refused_and_too_many_lose_no_text(
    ask: Write, driver: User, signed_in: SignedIn, settings: Settings
) -> None:
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | {"posts_thread": (1, 600)}
    where, browser = f"/messages/{ask().thread_id}/", signed_in(driver)
    assert browser.post(where, {"body": " "}).status_code == 422
    refused = browser.post(where, {"body": "A long story"})
    assert (refused.status_code, refused["Retry-After"].isdigit()) == (429, True)
    assert ">\nA long story</textarea>" in refused.content.decode()
    assert "Too many requests" in words(refused)
    assert Post.objects.count() == 1


def test_html_scripts_and_texts_from_the_right_are_only_text(
    ask: Write, staff: User, driver: User, signed_in: SignedIn
) -> None:
    User.objects.filter(pk=driver.pk).update(name=f"<evil> {'x' * 100}")
    thread = ask(f"{HOSTILE}\nשלום").thread_id
    for where in (f"/messages/{thread}/", "/operator/messages/"):
        page = Parsed(signed_in(staff).get(where).content.decode())
        assert "evil" not in page.tags
        assert "onclick" not in page.attributes
        assert "onload" not in page.attributes
    shown = signed_in(staff).get(f"/messages/{thread}/").content.decode()
    assert 'href="javascript' not in shown
    assert '<p class="post__body" dir="auto">' in shown


def test_what_is_someone_elses_is_not_there(
    ask: Write, stranger: User, rival: User, administrator: User, signed_in: SignedIn
) -> None:
    asked = ask()
    for person in (stranger, rival, administrator):
        browser = signed_in(person)
        for where in (f"/messages/{asked.thread_id}/", f"/messages/{asked.thread_id}/block/"):
            assert browser.post(where, {"body": "Spam"}).status_code == 404
        assert browser.get(f"/messages/{asked.thread_id}/").status_code == 404
        assert browser.post(f"/messages/posts/{asked.pk}/report/", {"reason": "x"}).status_code == 404
    assert (Post.objects.count(), Block.objects.count(), PostReport.objects.count()) == (1, 0, 0)


def test_a_block_says_so_to_both_and_is_lifted_by_its_button(
    ask: Write, driver: User, staff: User, signed_in: SignedIn
) -> None:
    thread = ask().thread_id
    mine, theirs, where = signed_in(driver), signed_in(staff), f"/messages/{thread}/"
    mine.post(f"{where}block/")
    assert "They do not take messages from you" in words(theirs.get(where))
    assert "You have blocked them" in words(mine.get(where))
    refused = theirs.post(where, {"body": "But I wrote so much"})
    assert refused.status_code == 409
    assert ">\nBut I wrote so much</textarea>" in refused.content.decode()
    mine.post(f"{where}unblock/")
    assert theirs.post(where, {"body": "At last"}).status_code == 302
    assert Post.objects.count() == 2


def test_a_report_is_decided_in_the_console(
    ask: Write, driver: User, staff: User, administrator: User, signed_in: SignedIn, deliver: Deliver
) -> None:
    asked, admin = ask("You fool"), signed_in(administrator)
    deliver()
    where = f"/messages/posts/{asked.pk}/report/"
    assert signed_in(staff).post(where, {"reason": ""}).status_code == 422
    assert signed_in(staff).post(where, {"reason": "Insulting"}).status_code == 302
    report = PostReport.objects.get()
    assert "Insulting" in words(admin.get("/console/reports/"))
    page = f"/console/reports/{report.pk}/"
    assert "You fool" in words(admin.get(page))
    assert admin.post(page, {"decision": "remove", "reason": ""}).status_code == 422
    assert admin.post(page, {"decision": "remove", "reason": "An insult"})["Location"] == "/console/reports/"
    assert "An administrator removed this post." in words(
        signed_in(staff).get(f"/messages/{asked.thread_id}/")
    )
    assert admin.post(page, {"decision": "dismiss", "reason": "No"}).status_code == 409
    assert "Insulting" in words(admin.get("/console/reports/?state=REMOVED"))


def test_who_reported_a_post_sees_that_instead_of_the_link_and_others_do_not(
    ask: Write, staff: User, owner: User, administrator: User, signed_in: SignedIn
) -> None:
    asked, mine = ask("You fool"), signed_in(staff)
    where, link = f"/messages/{asked.thread_id}/", f'href="/messages/posts/{asked.pk}/report/"'
    assert link in mine.get(where).content.decode()
    mine.post(f"/messages/posts/{asked.pk}/report/", {"reason": "Insulting"})
    shown = mine.get(where)
    assert "You reported this post. An administrator looks at it." in words(shown)
    assert link not in shown.content.decode()
    assert link in signed_in(owner).get(where).content.decode()
    page = f"/console/reports/{PostReport.objects.get().pk}/"
    signed_in(administrator).post(page, {"decision": "dismiss", "reason": "It is no insult"})
    kept = words(mine.get(where))
    assert "You reported this post. An administrator has looked at it and kept it." in kept


def test_a_long_thread_is_read_page_by_page(
    ask: Write, driver: User, signed_in: SignedIn, settings: Settings
) -> None:
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | dict.fromkeys(
        ("posts_thread", "posts_hour"), (100, 600)
    )
    posts = [ask(f"Line {number}.") for number in range(1, 56)]
    where, browser = f"/messages/{posts[0].thread_id}/", signed_in(driver)
    newest = words(browser.get(where))
    assert "Line 55." in newest
    assert "Line 5." not in newest
    earlier = words(browser.get(f"{where}?before=6"))
    assert "Line 5." in earlier
    assert "Line 6." not in earlier
    for odd in ("0", "x", "99999999999", "-1"):
        assert browser.get(f"{where}?before={odd}").status_code == 200


def test_lists_cost_the_same_however_many_threads_there_are(
    operator: Operator,
    driver: User,
    signed_in: SignedIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = signed_in(driver)
    for number in range(8):
        station = make_station(operator)
        write_about(
            Subject.of_station(station, driver),
            author=driver,
            side=Side.DRIVER,
            body=f"Hello {number}",
            now=timezone.now(),
        )
        if number in {1, 7}:
            with django_assert_num_queries(5):
                assert browser.get("/messages/").status_code == 200


def test_opening_a_thread_in_the_badge_reads_it(
    ask: Write, staff: User, signed_in: SignedIn, deliver: Deliver
) -> None:
    thread = ask().thread_id
    deliver()
    assert Notification.objects.filter(recipient=staff, channel="inbox", read_at=None).count() == 1
    signed_in(staff).get(told(staff)[0].path)
    assert not Notification.objects.filter(recipient=staff, channel="inbox", read_at=None).exists()
    assert told(staff)[0].path == f"/messages/{thread}/"
