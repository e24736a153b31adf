"""Who comes in, in which order things are checked, and what the answers look like where no view answers."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from evbooking.core.models import EventSubject, IdempotencyKey

NOTES = "/api/test/notes"
Api = Callable[[User | None], APIClient]


@pytest.fixture
def token(api: Api, driver: User) -> str:
    return str(api(driver)._credentials["HTTP_X_SESSION_TOKEN"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_session_token_signs_in_as_bearer_too(token: str, scheme: str) -> None:
    assert APIClient().get(NOTES, HTTP_AUTHORIZATION=f"{scheme} {token}").status_code == 200


def test_signing_in_by_token_costs_one_query(
    api: Api, driver: User, django_assert_num_queries: Callable
) -> None:
    client = api(driver)
    client.get(NOTES)
    with django_assert_num_queries(1):
        assert client.get(NOTES).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"HTTP_X_SESSION_TOKEN": "wrong"},
        {"HTTP_X_SESSION_TOKEN": ""},
        {"HTTP_X_SESSION_TOKEN": "a" * 5000},
        {"HTTP_X_SESSION_TOKEN": "ä\0"},
        {"HTTP_AUTHORIZATION": "Bearer wrong"},
        {"HTTP_AUTHORIZATION": "Bearer"},
        {"HTTP_AUTHORIZATION": "Basic dXNlcjpwYXNz"},
    ],
)
def test_without_a_valid_token_the_answer_is_401(headers: dict[str, str]) -> None:
    response = APIClient().get(NOTES, **headers)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="evbooking"'


@pytest.mark.django_db
def test_a_refused_token_is_401_also_where_anonymous_callers_are_welcome() -> None:
    assert APIClient().get("/api/test/numbers").status_code == 200
    assert APIClient().get("/api/test/numbers", HTTP_X_SESSION_TOKEN="wrong").status_code == 401


def test_a_deactivated_account_is_signed_out_at_once(api: Api, driver: User) -> None:
    client = api(driver)
    User.objects.update(is_active=False)
    assert client.get(NOTES).status_code == 401


def test_our_own_pages_call_with_their_cookie_and_a_csrf_token(driver: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(driver, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(NOTES).status_code == 200
    refused = client.post(NOTES, {"text": "a"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert not EventSubject.objects.exists()
    client.cookies["csrftoken"] = "a" * 32
    allowed = client.post(
        NOTES, {"text": "a"}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert allowed.status_code == 201


def test_checks_run_in_the_order_of_the_contract(api: Api, driver: User) -> None:
    """Each request is wrong in everything that is checked later as well."""
    key = {"HTTP_IDEMPOTENCY_KEY": "not valid"}
    anonymous, client = APIClient(), api(driver)
    malformed = anonymous.generic("POST", NOTES, "{", content_type="application/json", **key)  # type: ignore[arg-type]
    stranger = anonymous.post(NOTES, {"colour": 1}, format="json", **key)  # type: ignore[arg-type]
    bad_key = client.post(NOTES, {"colour": 1}, format="json", **key)  # type: ignore[arg-type]
    bad_field = client.post(NOTES, {"text": "gone", "colour": 1}, format="json")
    conflict = client.post(NOTES, {"text": "gone"}, format="json")
    answers = [malformed, stranger, bad_key, bad_field, conflict]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (400, "malformed_body"),
        (401, "not_authenticated"),
        (422, "invalid_idempotency_key"),
        (422, "unknown_field"),
        (409, "slot_gone"),
    ]
    assert not EventSubject.objects.exists()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_the_address_does_not_know_is_405(method: str) -> None:
    response = APIClient().generic(method, NOTES)
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert response["Allow"] == "GET, HEAD, POST, DELETE"


@pytest.mark.django_db
def test_a_head_request_is_answered_like_its_get(api: Api, driver: User) -> None:
    response = api(driver).head(NOTES)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/nowhere", 404, "not_found"),
        ("/api/%00", 404, "not_found"),
        ("/api/test/broken", 500, "server_error"),
    ],
)
def test_answers_from_outside_the_views_are_problems_too(path: str, status: int, code: str) -> None:
    response = Client(raise_request_exception=False).get(path)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_csrf_failure_under_the_api_is_a_problem_and_elsewhere_not_our_business() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/api/test/plain")
    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


@pytest.mark.django_db
def test_a_fault_of_ours_is_a_500_that_says_nothing(api: Api, driver: User) -> None:
    client = api(driver)
    client.raise_request_exception = False
    response = client.post(NOTES, {"text": "broken"}, format="json")
    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert b"ZeroDivision" not in response.content


def test_answers_are_private_and_revalidated(api: Api, driver: User) -> None:
    assert api(driver).get(NOTES)["Cache-Control"] == "private, no-cache"
