from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Operator, User
from accounts.selectors import choose_operator, get_operator, operator_ids, operators_of
from evbooking.core.errors import Forbidden, Invalid, NotFound
from tests.factories import make_operator

Role = Membership.Role


def test_the_only_operator_is_chosen_without_naming_it(owner: User, operator: Operator) -> None:
    assert choose_operator(owner, None) == operator


def test_of_several_one_must_be_named(owner: User, operator: Operator) -> None:
    other = make_operator(owner=owner)
    with pytest.raises(Invalid) as refused:
        choose_operator(owner, None)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [("operator", "required")]
    assert choose_operator(owner, other.pk) == other


@pytest.mark.parametrize("name", [UUID("00000000-0000-4000-8000-000000000000"), "no uuid"])
def test_what_is_not_ones_own_is_not_found(rival: User, operator: Operator, name: Any) -> None:
    for operator_id in (name, operator.pk):
        with pytest.raises(NotFound):
            get_operator(rival, operator_id)


def test_a_role_opens_what_lower_roles_open(staff: User, owner: User, operator: Operator) -> None:
    assert [list(operator_ids(staff, role)) for role in Role] == [[], [], [operator.pk]]
    assert [list(operator_ids(owner, role)) for role in Role] == [[operator.pk]] * 3
    with pytest.raises(Forbidden):
        get_operator(staff, operator.pk, minimum=Role.MANAGER)


def test_who_belongs_nowhere_has_no_operator(driver: User) -> None:
    assert list(operators_of(driver)) == []
    assert list(operators_of(AnonymousUser())) == []
    with pytest.raises(Forbidden):
        choose_operator(driver, None)
