from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from pytest import FixtureRequest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import Invitation, Membership, Operator, User
from accounts.services import members
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry


@pytest.fixture
def members_url(operator: Operator) -> str:
    return f"/api/v1/operator/operators/{operator.pk}/members"


def test_an_owner_invites_by_mail(
    api: Api,
    owner: User,
    operator: Operator,
    members_url: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = api(owner).post(members_url, {"email": "New@Example.com", "role": "manager"})
    invitation = Invitation.objects.get()
    assert response.status_code == 201
    assert response.json().keys() == {"id", "email", "role", "expires_at"}
    assert (invitation.email, invitation.role, invitation.operator) == (
        "new@example.com",
        "manager",
        operator,
    )
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["new@example.com"], "Join Nordstrom Charging on evbooking")
    ]
    assert f"http://localhost:8000/invitations/{invitation.token}/" in mail.outbox[0].body
    assert AuditEntry.objects.get(action="operator.invite").after == {
        "invitation": str(invitation.pk),
        "role": "manager",
    }


def test_the_token_is_told_only_in_the_letter(api: Api, owner: User, members_url: str) -> None:
    response = api(owner).post(members_url, {"email": "new@example.com", "role": "staff"})
    assert Invitation.objects.get().token not in response.content.decode()


def test_inviting_again_renews_with_another_letter_only_after_a_while(
    owner: User, operator: Operator, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    now = timezone.now()
    letters = []
    for minutes in (0, 1, 6):
        with django_capture_on_commit_callbacks(execute=True):
            at = now + timedelta(minutes=minutes)
            members.invite(operator, actor=owner, email="new@example.com", role="staff", now=at)
        letters.append(len(mail.outbox))
    assert letters == [1, 1, 2]
    assert Invitation.objects.get().expires_at == now + timedelta(days=14, minutes=6)


def test_a_dead_mail_server_does_not_undo_the_invitation(
    api: Api,
    owner: User,
    members_url: str,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with django_capture_on_commit_callbacks(execute=True):
        response = api(owner).post(members_url, {"email": "new@example.com", "role": "staff"})
    assert (response.status_code, Invitation.objects.count()) == (201, 1)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"role": "staff"}, "required", "email"),
        ({"email": "nobody", "role": "staff"}, "invalid", "email"),
        ({"email": "a@example.com\nBcc: b@example.com", "role": "staff"}, "invalid", "email"),
        ({"email": "new@example.com", "role": "king"}, "invalid", "role"),
        ({"email": "new@example.com", "role": "staff", "token": "x"}, "unknown_field", "token"),
    ],
)
def test_a_wrong_invitation_is_refused(
    api: Api, owner: User, members_url: str, body: dict[str, Any], code: str, field: str
) -> None:
    assert problem(api(owner).post(members_url, body)) == (422, code, [(field, code)])
    assert Invitation.objects.count() == 0


def test_who_is_a_member_already_is_not_invited(api: Api, owner: User, staff: User, members_url: str) -> None:
    body = {"email": staff.email, "role": "owner"}
    assert problem(api(owner).post(members_url, body)) == (409, "already_member", [])
    assert Invitation.objects.count() == 0


def test_the_fifty_first_open_invitation_is_refused(
    api: Api, owner: User, operator: Operator, members_url: str
) -> None:
    for number in range(members.MAX_OPEN_INVITATIONS):
        Invitation.objects.create(operator=operator, email=f"{number}@x.org", role="staff", invited_by=owner)
    found = problem(api(owner).post(members_url, {"email": "new@example.com", "role": "staff"}))
    assert found == (422, "too_many_invitations", [("email", "too_many_invitations")])
    assert Invitation.objects.count() == members.MAX_OPEN_INVITATIONS


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("staff", (403, "forbidden")),
        ("stranger", (404, "not_found")),
        ("rival", (404, "not_found")),
        ("administrator", (404, "not_found")),
    ],
)
def test_only_owners_invite(
    api: Api,
    pages: Pages,
    operator: Operator,
    members_url: str,
    who: str,
    answer: tuple[int, str],
    request: FixtureRequest,
) -> None:
    user, body = request.getfixturevalue(who), {"email": "new@example.com", "role": "staff"}
    assert problem(api(user).post(members_url, body))[:2] == answer
    assert pages(user).post(f"/operator/{operator.pk}/members/", body).status_code == answer[0]
    assert Invitation.objects.count() == 0


def test_anonymous_callers_see_and_invite_nobody(
    api: Api, pages: Pages, operator: Operator, members_url: str
) -> None:
    body = {"email": "new@example.com", "role": "staff"}
    assert problem(api().post(members_url, body))[:2] == (401, "not_authenticated")
    assert problem(api().get(members_url))[:2] == (401, "not_authenticated")
    assert pages().get(f"/operator/{operator.pk}/members/")["Location"].startswith("/accounts/login/")


def test_members_see_each_other_owners_first(api: Api, staff: User, members_url: str, rival: User) -> None:
    results = api(staff).get(members_url).json()["results"]
    assert [(member["name"], member["role"]) for member in results] == [
        ("Otto Owner", "owner"),
        ("Stina Staff", "staff"),
    ]
    assert problem(api(rival).get(members_url))[:2] == (404, "not_found")


def test_an_owner_withdraws_an_invitation_on_the_page(
    pages: Pages, owner: User, operator: Operator, staff: User
) -> None:
    made = members.invite(operator, actor=owner, email="new@example.com", role="staff", now=timezone.now())
    url = f"/operator/{operator.pk}/invitations/{made.pk}/withdraw/"
    assert pages(staff).post(url).status_code == 403
    made.refresh_from_db()
    assert made.expires_at > timezone.now()
    assert pages(owner).post(url).status_code == 302
    made.refresh_from_db()
    assert made.expires_at <= timezone.now()


def test_the_page_invites(pages: Pages, owner: User, operator: Operator) -> None:
    browser, url = pages(owner), f"/operator/{operator.pk}/members/"
    assert browser.post(url, {"email": "no address", "role": "staff"}).status_code == 422
    assert browser.post(url, {"email": "new@example.com", "role": "staff"})["Location"] == url
    assert "new@example.com" in browser.get(url).content.decode()
    assert Membership.objects.count() == 1
