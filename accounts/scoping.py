"""Lookups of what belongs to operators: each asks for the person's part there at once."""

from typing import TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, OuterRef, QuerySet, Subquery

from accounts.models import Membership, User
from evbooking.core.errors import Forbidden, NotFound

Role = Membership.Role
Person = User | AnonymousUser
M = TypeVar("M", bound=Model)


def scoped(rows: QuerySet[M], person: Person, operator: str = "operator") -> QuerySet[M]:
    """Rows whose operator, at the path `operator`, the person belongs to; `role_at` says as what."""
    memberships = Membership.objects.filter(user=person.pk, operator=OuterRef(operator))
    with_role = rows.annotate(my_role=Subquery(memberships.values("role")[:1])).exclude(my_role=None)
    return cast("QuerySet[M]", with_role)


def get_scoped(rows: QuerySet[M], minimum: Role, **where: object) -> M:
    """The one of `scoped` rows. Raises NotFound where there is none, Forbidden for too low a role."""
    row = rows.filter(**where).first()
    if row is None:
        raise NotFound
    if role_at(row) not in Role.at_least(minimum):
        raise Forbidden(f"Only a {minimum.label} may do that.")
    return row


def role_at(row: Model) -> Role:
    """As what the person who asked for a `scoped` row belongs to its operator."""
    return Role(vars(row)["my_role"])
