"""Answering by a mail's link: it is the permission of one person in one thread, for a while, as long as they may."""

import re
from datetime import timedelta
from urllib.parse import urlparse

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Membership, User
from notifications.links import read_thread, thread_url
from notifications.models import Post, ReadMark, Thread
from notifications.tests.threads.conftest import SignedIn, Write

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(ask: Write) -> Post:
    return ask()


def path(person: User, thread: Post | Thread) -> str:
    where = thread.thread_id if isinstance(thread, Post) else thread.pk
    return urlparse(thread_url(person.pk, where)).path


def test_the_link_shows_the_thread_and_takes_an_answer(asked: Post, staff: User) -> None:
    browser, where = Client(), path(staff, asked)
    page = browser.get(where).content.decode()
    assert "Is there a code?" in page
    assert "You answer as Stina" in page
    answer = browser.post(where, {"body": "It is 4711."})
    assert answer["Location"] == f"{where}#newest"
    written = Post.objects.get(number=2)
    assert (written.author, written.side, written.body) == (staff, "operator", "It is 4711.")


def test_looking_changes_nothing_because_mail_programs_look(asked: Post, staff: User) -> None:
    for _ in range(2):
        assert Client().get(path(staff, asked)).status_code == 200
    assert not ReadMark.objects.filter(user=staff).exists()
    assert Post.objects.count() == 1


def test_a_page_elsewhere_cannot_answer_with_the_link(asked: Post, staff: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post(path(staff, asked), {"body": "Spam"}).status_code == 403
    assert Post.objects.count() == 1


def test_after_two_weeks_the_link_leads_to_the_sign_in(asked: Post, staff: User) -> None:
    where = path(staff, asked)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        answer = Client().post(where, {"body": "Late"})
        assert answer["Location"] == f"/messages/{asked.thread_id}/"
        assert Client().get(answer["Location"])["Location"].startswith("/accounts/login/")
    assert Post.objects.count() == 1


def test_a_changed_link_is_none(asked: Post, staff: User, stranger: User) -> None:
    where = path(staff, asked)
    forged = where.replace(staff.pk.hex, stranger.pk.hex)
    for bad in (forged, where[:-3] + "x/", "/messages/by-link/nonsense/"):
        assert Client().get(bad).status_code == 404
        assert Client().post(bad, {"body": "Spam"}).status_code == 404
    assert read_thread("x" * 64) is None
    assert Post.objects.count() == 1


@pytest.mark.parametrize("how", ["left", "closed"])
def test_who_has_left_or_was_closed_is_refused_at_the_time_of_use(how: str, asked: Post, staff: User) -> None:
    where = path(staff, asked)
    if how == "left":
        Membership.objects.filter(user=staff).delete()
    else:
        User.objects.filter(pk=staff.pk).update(is_active=False)
    assert Client().get(where).status_code == 404
    assert Client().post(where, {"body": "Still here"}).status_code == 404
    assert Post.objects.count() == 1


def test_a_link_into_a_thread_of_others_is_nothing(asked: Post, stranger: User) -> None:
    assert Client().get(path(stranger, asked)).status_code == 404


def test_who_is_signed_in_goes_on_to_the_threads_own_page(
    asked: Post, staff: User, signed_in: SignedIn
) -> None:
    answer = signed_in(staff).get(path(staff, asked))
    assert answer["Location"] == f"/messages/{asked.thread_id}/"


def test_too_many_answers_are_refused_and_the_text_is_kept(
    asked: Post, staff: User, settings: Settings
) -> None:
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | {"posts_hour": (1, 3600)}
    browser, where = Client(), path(staff, asked)
    browser.post(where, {"body": "First"})
    refused = browser.post(where, {"body": "The second text"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert ">\nThe second text</textarea>" in refused.content.decode()
    assert Post.objects.count() == 2


def test_the_link_fits_on_a_line_of_a_mail(asked: Post, staff: User, settings: Settings) -> None:
    assert len(thread_url(staff.pk, asked.thread_id)) < 200
    assert re.fullmatch(r"/messages/by-link/[\w:-]+/", path(staff, asked))
    assert thread_url(staff.pk, asked.thread_id).startswith(settings.PUBLIC_URL)
