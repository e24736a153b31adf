"""Conversations over the API, by their codes."""

from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from bookings.models import Booking
from evbooking.core.rate_limits import check_rates
from notifications.models import Block, Post, Thread
from notifications.tests.threads.conftest import Write
from stations.models import Station

Api = Callable[[User | None], APIClient]
pytestmark = pytest.mark.django_db
THREADS = "/api/v1/threads"


def test_a_driver_begins_and_the_staff_answers(api: Api, booking: Booking, driver: User, staff: User) -> None:
    body = {"about": {"booking": booking.reference}, "body": "Is there a code?"}
    begun = api(driver).post(THREADS, body, format="json")
    assert begun.status_code == 201
    thread = begun.json()["thread"]
    assert api(staff).post(f"{THREADS}/{thread}/posts", {"body": "4711"}, format="json").status_code == 201
    [listed] = api(driver).get(THREADS).json()["results"]
    assert (listed["id"], listed["unread"], listed["facing"]) == (thread, 1, "Nordstrom Charging")
    shown = api(driver).get(f"{THREADS}/{thread}").json()
    assert [(one["writer"], one["own"], one["body"]) for one in shown["posts"]] == [
        ("You", True, "Is there a code?"),
        ("Nordstrom Charging (Stina)", False, "4711"),
    ]
    assert staff.email not in str(shown)
    assert api(driver).post(f"{THREADS}/{thread}/read").json()["unread"] == 0


def test_a_post_says_that_its_reader_has_reported_it(api: Api, ask: Write, driver: User, staff: User) -> None:
    asked = ask("You fool")
    where = f"{THREADS}/{asked.thread_id}"
    before = api(staff).get(where)
    assert [one["reported"] for one in before.json()["posts"]] == [False]
    api(staff).post(f"/api/v1/posts/{asked.pk}/report", {"reason": "Insulting"}, format="json")
    after = api(staff).get(where, headers={"If-None-Match": before["ETag"]})
    assert [one["reported"] for one in after.json()["posts"]] == [True]
    assert [one["reported"] for one in api(driver).get(where).json()["posts"]] == [False]


def test_an_unchanged_thread_is_not_sent_again(api: Api, ask: Write, driver: User) -> None:
    where, client = f"{THREADS}/{ask().thread_id}", api(driver)
    etag = client.get(where)["ETag"]
    assert client.get(where, headers={"If-None-Match": etag}).status_code == 304
    ask("More")
    assert client.get(where, headers={"If-None-Match": etag}).status_code == 200


def test_a_list_comes_in_pages(api: Api, ask: Write, station: Station, driver: User) -> None:
    ask()
    client = api(driver)
    client.post(THREADS, {"about": {"station": str(station.pk)}, "body": "Hello"}, format="json")
    first = client.get(f"{THREADS}?page_size=1").json()
    second = client.get(first["next"]).json()
    found = [one["about"]["kind"] for one in (*first["results"], *second["results"])]
    assert found == ["station", "booking"]


@pytest.mark.parametrize(
    ("about", "status", "code"),
    [
        ({}, 422, "required"),
        ({"booking": "ABCDEFGH", "station": "x"}, 422, "required"),
        ({"booking": "ABCDEFGH"}, 404, "not_found"),
        ({"station": "nowhere"}, 404, "not_found"),
        ({"approval": "x"}, 422, "unknown_field"),
    ],
)
def test_what_cannot_be_written_about(
    about: dict[str, str], status: int, code: str, api: Api, driver: User
) -> None:
    answer = api(driver).post(THREADS, {"about": about, "body": "Hello"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Thread.objects.exists()


def test_a_block_answers_with_its_code_and_is_lifted(api: Api, ask: Write, driver: User, staff: User) -> None:
    where = f"{THREADS}/{ask().thread_id}"
    assert api(driver).post(f"{where}/block").json()["blocked_by"] == ["driver"]
    for person, code in ((staff, "blocked"), (driver, "blocking")):
        answer = api(person).post(f"{where}/posts", {"body": "Hello"}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert Post.objects.count() == 1
    assert api(driver).delete(f"{where}/block").status_code == 204
    assert not Block.objects.exists()


def test_too_many_posts_are_429_with_the_time_to_wait(
    api: Api, ask: Write, driver: User, settings: Settings
) -> None:
    where = f"{THREADS}/{ask().thread_id}/posts"
    settings.EVB_RATE_LIMITS = settings.EVB_RATE_LIMITS | {"posts_day": (2, 86400)}
    check_rates({"posts_day": driver.pk})
    answer = api(driver).post(where, {"body": "Hello"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer["Retry-After"]) > 0
    assert Post.objects.count() == 1
