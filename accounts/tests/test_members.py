import threading

import pytest
from django.db import connection
from pytest import FixtureRequest

from accounts.errors import LastOwner
from accounts.models import Membership, Operator, User
from accounts.services import members
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry
from tests.factories import make_operator, make_user


def url(operator: Operator, user: User) -> str:
    return f"/api/v1/operator/operators/{operator.pk}/members/{user.pk}"


def role_of(operator: Operator, user: User) -> str | None:
    return Membership.objects.filter(operator=operator, user=user).values_list("role", flat=True).first()


def test_an_owner_changes_a_role(api: Api, owner: User, operator: Operator, staff: User) -> None:
    body = api(owner).patch(url(operator, staff), {"role": "manager"}).json()
    assert (body["role"], role_of(operator, staff)) == ("manager", "manager")
    entry = AuditEntry.objects.get(action="operator.change_role")
    assert entry.before == {"user": str(staff.pk), "role": "staff"}
    assert entry.after == {"user": str(staff.pk), "role": "manager"}


def test_an_owner_removes_a_member(api: Api, owner: User, operator: Operator, staff: User) -> None:
    assert api(owner).delete(url(operator, staff)).status_code == 204
    assert role_of(operator, staff) is None
    assert AuditEntry.objects.get(action="operator.remove_member").actor_id == owner.pk


def test_anyone_may_leave(api: Api, operator: Operator, staff: User) -> None:
    assert api(staff).delete(url(operator, staff)).status_code == 204
    assert role_of(operator, staff) is None


def test_the_last_owner_neither_leaves_nor_steps_down(
    api: Api, owner: User, operator: Operator, staff: User
) -> None:
    client = api(owner)
    assert problem(client.delete(url(operator, owner))) == (409, "last_owner", [])
    assert problem(client.patch(url(operator, owner), {"role": "staff"})) == (409, "last_owner", [])
    assert role_of(operator, owner) == "owner"
    client.patch(url(operator, staff), {"role": "owner"})
    assert client.delete(url(operator, owner)).status_code == 204


def test_an_unknown_role_is_refused(api: Api, owner: User, operator: Operator, staff: User) -> None:
    found = problem(api(owner).patch(url(operator, staff), {"role": "king"}))
    assert (found, role_of(operator, staff)) == ((422, "invalid", [("role", "invalid")]), "staff")


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        (None, (401, "not_authenticated")),
        ("staff", (403, "forbidden")),
        ("stranger", (404, "not_found")),
        ("rival", (404, "not_found")),
        ("administrator", (404, "not_found")),
    ],
)
def test_nobody_but_owners_changes_members(
    api: Api,
    pages: Pages,
    owner: User,
    operator: Operator,
    staff: User,
    who: str | None,
    answer: tuple[int, str],
    request: FixtureRequest,
) -> None:
    user = request.getfixturevalue(who) if who else None
    assert problem(api(user).patch(url(operator, owner), {"role": "staff"}))[:2] == answer
    assert problem(api(user).delete(url(operator, owner)))[:2] == answer
    page = pages(user).post(f"/operator/{operator.pk}/members/{owner.pk}/role/", {"role": "staff"})
    assert page.status_code == (answer[0] if user else 302)
    assert role_of(operator, owner) == "owner"


def test_who_is_no_member_of_this_operator_is_not_found(
    api: Api, owner: User, operator: Operator, rival: User
) -> None:
    assert problem(api(owner).delete(url(operator, rival)))[:2] == (404, "not_found")
    assert rival.memberships.count() == 1


def test_the_page_changes_removes_and_says_why_not(
    pages: Pages, owner: User, operator: Operator, staff: User
) -> None:
    browser, base = pages(owner), f"/operator/{operator.pk}/members"
    browser.post(f"{base}/{staff.pk}/role/", {"role": "manager"})
    assert role_of(operator, staff) == "manager"
    refused = browser.post(f"{base}/{owner.pk}/remove/", follow=True)
    assert "An operator must keep an owner." in refused.content.decode()
    browser.post(f"{base}/{staff.pk}/remove/")
    assert role_of(operator, staff) is None


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_leaving_at_once_one_stays() -> None:
    first, second = make_user(), make_user()
    operator = make_operator(owner=first)
    Membership.objects.create(operator=operator, user=second, role=Membership.Role.OWNER)
    gate, refused = threading.Barrier(2), []

    def leave(user: User) -> None:
        membership = Membership.objects.get(operator=operator, user=user)
        gate.wait()
        try:
            members.remove_member(membership, actor=user)
        except LastOwner as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[user]) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), operator.memberships.filter(role="owner").count()) == (1, 1)
