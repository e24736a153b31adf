from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Invitation, Membership, Operator, User
from accounts.services import members
from accounts.tests.clients import Pages


@pytest.fixture
def invitation(owner: User, operator: Operator, driver: User) -> Invitation:
    now = timezone.now()
    return members.invite(operator, actor=owner, email=driver.email, role="manager", now=now)


def page(invitation: Invitation) -> str:
    return f"/invitations/{invitation.token}/"


def roles(user: User) -> list[str]:
    return list(Membership.objects.filter(user=user).values_list("role", flat=True))


def test_the_invited_person_reads_and_accepts(pages: Pages, driver: User, invitation: Invitation) -> None:
    browser = pages(driver)
    assert "Join Nordstrom Charging?" in browser.get(page(invitation)).content.decode()
    assert roles(driver) == []
    browser.post(page(invitation))
    assert roles(driver) == ["manager"]
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None


def test_signing_in_comes_first_and_leads_back(pages: Pages, invitation: Invitation) -> None:
    response = pages().get(page(invitation))
    assert response["Location"] == f"/accounts/login/?next={page(invitation)}"


def test_someone_elses_invitation_cannot_be_accepted(
    pages: Pages, stranger: User, invitation: Invitation
) -> None:
    browser = pages(stranger)
    assert "went to another address" in browser.get(page(invitation)).content.decode()
    browser.post(page(invitation))
    assert roles(stranger) == []
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


@pytest.mark.parametrize(("verified", "expected"), [(True, ["manager"]), (False, [])])
def test_a_second_address_counts_once_it_is_confirmed(
    pages: Pages, stranger: User, invitation: Invitation, verified: bool, expected: list[str]
) -> None:
    EmailAddress.objects.create(user=stranger, email="driver@example.com", verified=verified)
    pages(stranger).post(page(invitation))
    assert roles(stranger) == expected


def test_an_invitation_is_good_once(pages: Pages, driver: User, invitation: Invitation) -> None:
    browser = pages(driver)
    browser.post(page(invitation))
    Membership.objects.filter(user=driver).delete()
    assert "no longer good" in browser.get(page(invitation)).content.decode()
    browser.post(page(invitation))
    assert roles(driver) == []


def test_an_old_invitation_is_refused(pages: Pages, driver: User, invitation: Invitation) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    browser = pages(driver)
    assert "no longer good" in browser.get(page(invitation)).content.decode()
    browser.post(page(invitation))
    assert roles(driver) == []


def test_who_belongs_already_keeps_the_role_and_the_invitation_stays_open(
    pages: Pages, driver: User, operator: Operator, invitation: Invitation
) -> None:
    Membership.objects.create(operator=operator, user=driver, role="staff")
    response = pages(driver).post(page(invitation), follow=True)
    assert "That person is a member already." in response.content.decode()
    invitation.refresh_from_db()
    assert (roles(driver), invitation.accepted_at) == (["staff"], None)


def test_a_made_up_token_is_nowhere(pages: Pages, driver: User) -> None:
    assert pages(driver).get("/invitations/abc/").status_code == 404
