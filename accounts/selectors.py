"""What others ask about people, their operators and their cars; every question is scoped to the asker."""

from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from accounts.models import Membership, Operator, User, Vehicle, VehicleModel

UserRole = Literal["driver", "operator", "admin"]


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The operators a person belongs to and as what, in the order of the operators' names."""
    if user.pk is None:
        return Membership.objects.none()
    return Membership.objects.filter(user=user).select_related("operator").order_by("operator__name")


def operator_ids(
    user: User | AnonymousUser, minimum: Membership.Role = Membership.Role.STAFF
) -> QuerySet[Membership, UUID]:
    """Ids of the operators in which the person is at least `minimum`: a subquery that scopes other lookups."""
    roles = Membership.Role.at_least(minimum)
    return memberships_of(user).filter(role__in=roles).order_by().values_list("operator_id", flat=True)


def operators_of(
    user: User | AnonymousUser, minimum: Membership.Role = Membership.Role.STAFF
) -> QuerySet[Operator]:
    """The operators in which the person is at least `minimum`."""
    return Operator.objects.filter(id__in=operator_ids(user, minimum))


def roles_of(user: User) -> list[UserRole]:
    """Everyone drives; "operator" with any membership; "admin" for administrators of the platform."""
    roles: list[UserRole] = ["driver"]
    if user.memberships.exists():
        roles.append("operator")
    if user.is_staff:
        roles.append("admin")
    return roles


def vehicles_of(driver: User) -> QuerySet[Vehicle]:
    """The driver's cars, the oldest first; removed ones are left out."""
    return Vehicle.objects.filter(driver=driver, removed_at=None)


def vehicle_models(query: str = "") -> QuerySet[VehicleModel]:
    """Common cars whose make and model together hold every word of the query."""
    found = VehicleModel.objects.all()
    for word in query.split():
        found = found.filter(Q(make__icontains=word) | Q(model__icontains=word))
    return found
