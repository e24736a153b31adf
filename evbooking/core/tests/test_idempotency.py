"""Idempotency-Key: the same request twice is done once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.client import encode_multipart
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core import idempotency
from evbooking.core.idempotency import LEASE, Answer, Claim, IdempotencyKeyInFlight, IdempotencyKeyReused
from evbooking.core.models import EventSubject, IdempotencyKey
from evbooking.core.tasks import forget_idempotency_keys

NOTES = "/api/test/notes"
NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)
Api = Callable[[User | None], APIClient]


def post(client: APIClient, text: str, key: str = "key-1", path: str = NOTES) -> Any:
    return client.post(path, {"text": text}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def done(text: str) -> int:
    return int(EventSubject.objects.filter(subject=text).values_list("last", flat=True).first() or 0)


@pytest.fixture
def client(api: Api, driver: User) -> APIClient:
    made = api(driver)
    made.raise_request_exception = False
    return made


def test_the_same_key_and_body_get_the_first_answer_again(client: APIClient) -> None:
    first, again = post(client, "hello"), post(client, "hello")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.json()["done"] == done("hello") == 1
    assert (again["Idempotent-Replay"], again["Content-Type"], again["Location"]) == (
        "true",
        "application/json",
        "/x",
    )
    assert "Idempotent-Replay" not in first


def test_a_kept_answer_can_be_read_with_the_clients_key_only(client: APIClient) -> None:
    first = post(client, "hello")
    row = IdempotencyKey.objects.get()
    kept = bytes(row.body or b"")
    assert len(kept) == len(first.content) + 28
    assert b"hello" in first.content
    assert b"hello" not in kept
    assert b"key-1" not in b"".join((kept, bytes(row.fingerprint), str(row.headers).encode()))


def test_without_a_key_the_work_is_done_each_time(client: APIClient) -> None:
    client.post(NOTES, {"text": "hello"}, format="json")
    client.post(NOTES, {"text": "hello"}, format="json")
    assert done("hello") == 2
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("second", [("other", NOTES), ("hello", f"{NOTES}?preview=true")])
def test_the_same_key_for_another_request_is_refused(client: APIClient, second: tuple[str, str]) -> None:
    post(client, "hello")
    response = post(client, second[0], path=second[1])
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_key_reused")
    assert (done("hello"), done("other")) == (1, 0)


def test_a_key_belongs_to_its_user_method_and_path(client: APIClient, api: Api, stranger: User) -> None:
    assert post(client, "hello").json()["done"] == 1
    assert post(api(stranger), "hello").json()["done"] == 2
    assert client.delete(NOTES, HTTP_IDEMPOTENCY_KEY="key-1").status_code == 204
    assert IdempotencyKey.objects.count() == 3


@pytest.mark.parametrize(("text", "status"), [("missing", 404), ("gone", 409), ("x" * 21, 422)])
def test_refusals_that_would_come_again_are_kept(client: APIClient, text: str, status: int) -> None:
    first, again = post(client, text), post(client, text)
    assert (first.status_code, again.status_code, again["Idempotent-Replay"]) == (status, status, "true")
    assert again["Content-Type"] == "application/problem+json"
    assert first.content == again.content


@pytest.mark.parametrize(("text", "status"), [("never", 403), ("slow down", 429), ("broken", 500)])
def test_refusals_that_may_pass_are_not_kept(client: APIClient, text: str, status: int) -> None:
    assert post(client, text).status_code == status
    assert not IdempotencyKey.objects.exists()
    assert "Idempotent-Replay" not in post(client, text)


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256, "tab\t"])
def test_a_key_that_is_not_visible_ascii_is_refused(client: APIClient, key: str) -> None:
    response = post(client, "hello", key)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_idempotency_key")
    assert done("hello") == 0


def test_a_key_of_255_characters_is_taken(client: APIClient) -> None:
    assert post(client, "hello", "~" * 255).status_code == 201


def test_an_anonymous_caller_shares_no_keys() -> None:
    assert post(APIClient(), "hello").status_code == 401


def upload(client: APIClient, content: bytes) -> Any:
    """As a form: its boundary differs from one request to the next."""
    boundary = uuid4().hex
    data = encode_multipart(boundary, {"image": SimpleUploadedFile("a.png", content), "title": "A"})
    content_type = f"multipart/form-data; boundary={boundary}"
    return client.post("/api/test/uploads", data, content_type=content_type, HTTP_IDEMPOTENCY_KEY="k")


def test_an_upload_is_the_same_by_its_fields_and_files(client: APIClient) -> None:
    first, again, other = (
        upload(client, b"x" * 2_000_000),
        upload(client, b"x" * 2_000_000),
        upload(client, b"y"),
    )
    assert first.json() == again.json() == {"size": 2_000_000, "done": 1}
    assert again["Idempotent-Replay"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert upload(client, b"x" * 3_000_000).status_code == 413
    assert done("uploads") == 1


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_many_requests_with_one_key_at_once_one_does_the_work(api: Api, driver: User) -> None:
    answers: list[Any] = []
    clients = [api(driver) for _ in range(12)]

    def work(client: APIClient) -> None:
        answers.append(post(client, "hello"))
        connection.close()

    threads = [threading.Thread(target=work, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done("hello") == 1
    codes = {(answer.status_code, answer.json().get("code")) for answer in answers}
    assert (201, None) in codes
    assert codes <= {(201, None), (409, "idempotency_key_in_flight")}


def claim(driver: User, now: datetime, body: bytes = b"a") -> Claim | Answer:
    return idempotency.claim("k", user_id=driver.pk, method="POST", path="/p", fingerprint=body, now=now)


def test_a_key_whose_request_still_runs_is_in_flight_until_the_lease_ends(driver: User) -> None:
    first = claim(driver, NOW)
    assert isinstance(first, Claim)
    with pytest.raises(IdempotencyKeyInFlight):
        claim(driver, NOW + LEASE)
    with pytest.raises(IdempotencyKeyReused):
        claim(driver, NOW + LEASE + timedelta(seconds=1), b"other")
    second = claim(driver, NOW + LEASE + timedelta(seconds=1))
    assert isinstance(second, Claim)
    idempotency.settle(first, Answer(200, {}, b"late"))
    assert IdempotencyKey.objects.get().status is None
    idempotency.settle(second, Answer(201, {}, b"right"))
    assert claim(driver, NOW + timedelta(minutes=10)) == Answer(201, {}, b"right")


@pytest.mark.django_db
def test_an_answer_sealed_under_an_older_secret_key_is_not_told_and_the_work_not_repeated(
    driver: User, settings: Settings
) -> None:
    first = claim(driver, NOW)
    assert isinstance(first, Claim)
    idempotency.settle(first, Answer(201, {}, b"secret"))
    settings.SECRET_KEY = "another secret key of this installation"
    with pytest.raises(IdempotencyKeyInFlight):
        claim(driver, NOW)


@pytest.mark.django_db
def test_an_answer_sealed_under_a_key_that_is_a_fallback_now_is_replayed(
    driver: User, settings: Settings
) -> None:
    first = claim(driver, NOW)
    assert isinstance(first, Claim)
    idempotency.settle(first, Answer(201, {}, b"secret"))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret key"
    assert claim(driver, NOW) == Answer(201, {}, b"secret")


def test_a_key_is_forgotten_after_24_hours_even_before_beat_clears_it(driver: User) -> None:
    first = claim(driver, NOW)
    assert isinstance(first, Claim)
    idempotency.settle(first, Answer(201, {}, b""))
    assert claim(driver, NOW + timedelta(hours=24)) == Answer(201, {}, b"")
    assert isinstance(claim(driver, NOW + timedelta(hours=24, seconds=1)), Claim)


def test_beat_clears_keys_older_than_24_hours(driver: User) -> None:
    claim(driver, NOW)
    with time_machine.travel(NOW + timedelta(hours=24), tick=False):
        assert forget_idempotency_keys() == 0
    with time_machine.travel(NOW + timedelta(hours=24, seconds=1), tick=False):
        assert forget_idempotency_keys() == 1
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_key_costs_two_statements_and_the_claim_does_not_wait_for_the_disk(
    client: APIClient, django_assert_num_queries: Callable[..., Any]
) -> None:
    client.delete(NOTES)
    with django_assert_num_queries(3) as queries:  # the user, the claim, the answer
        client.delete(NOTES, HTTP_IDEMPOTENCY_KEY="key-1")
    assert "synchronous_commit" in queries.captured_queries[1]["sql"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting = reset_val FROM pg_settings WHERE name = 'synchronous_commit'")
        assert cursor.fetchone() == (True,), "what came after the claim would not wait for the disk either"
