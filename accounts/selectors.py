"""What others ask about people, their operators and their cars; every question is scoped to the asker."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Case, Count, Max, Q, QuerySet, When

from accounts.models import Invitation, Membership, Operator, User, Vehicle, VehicleModel
from evbooking.core.errors import Forbidden, Invalid, NotFound
from evbooking.core.models import AuditEntry

RANK = Case(
    *(When(role=role, then=rank) for rank, role in enumerate(Membership.Role)), default=len(Membership.Role)
)
UserRole = Literal["driver", "operator", "admin"]


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The operators a person belongs to and as what, in the order of the operators' names."""
    if user.pk is None:
        return Membership.objects.none()
    return Membership.objects.filter(user=user).select_related("operator").order_by("operator__name")


def operator_ids(
    user: User | AnonymousUser, minimum: Membership.Role = Membership.Role.STAFF
) -> QuerySet[Membership, UUID]:
    """Ids of the operators in which the person is at least `minimum`: a subquery to scope lookups by."""
    roles = Membership.Role.at_least(minimum)
    return memberships_of(user).filter(role__in=roles).order_by().values_list("operator_id", flat=True)


def operators_of(
    user: User | AnonymousUser, minimum: Membership.Role = Membership.Role.STAFF
) -> QuerySet[Operator]:
    """The operators in which the person is at least `minimum`."""
    return Operator.objects.filter(id__in=operator_ids(user, minimum))


def get_operator(
    user: User | AnonymousUser, operator_id: UUID | str, *, minimum: Membership.Role = Membership.Role.STAFF
) -> Operator:
    """One operator of the person's. Raises NotFound for someone else's, Forbidden for too low a role."""
    try:
        membership = memberships_of(user).get(operator_id=operator_id)
    except (Membership.DoesNotExist, ValidationError):
        raise NotFound from None
    if membership.role not in Membership.Role.at_least(minimum):
        raise Forbidden(f"Only a {minimum} of {membership.operator} may do that.")
    return membership.operator


def choose_operator(
    user: User | AnonymousUser,
    operator_id: UUID | str | None,
    *,
    minimum: Membership.Role = Membership.Role.STAFF,
) -> Operator:
    """The named operator, or the person's only one.

    Raises Invalid (`required` at `operator`) when there are several, Forbidden when there is none.
    """
    if operator_id:
        return get_operator(user, operator_id, minimum=minimum)
    candidates = list(operators_of(user, minimum)[:2])
    if not candidates:
        raise Forbidden
    if len(candidates) > 1:
        raise Invalid.one("operator", "required", "Say for which of your operators.")
    return candidates[0]


def members_of(operator: Operator) -> QuerySet[Membership]:
    """The operator's people, owners first, then by name."""
    return (
        Membership.objects.filter(operator=operator)
        .select_related("user")
        .annotate(rank=RANK)
        .order_by("rank", "user__name", "user__email")
    )


def open_invitations(operator: Operator, now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, the newest first."""
    return Invitation.objects.filter(operator=operator, accepted_at=None, expires_at__gt=now).order_by(
        "-sent_at"
    )


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


def vehicles_stamp(driver: User) -> tuple[int, datetime | None]:
    """What changes whenever the driver's list of cars does: how many there ever were, and the last change."""
    stamp = Vehicle.objects.filter(driver=driver).aggregate(count=Count("id"), last=Max("last_updated"))
    return stamp["count"], stamp["last"]


def find_operators(q: str = "", status: str = "") -> QuerySet[Operator]:
    """Operators whose name holds `q`, of that status if one is given."""
    found = Operator.objects.filter(name__icontains=q)
    return found.filter(status=status) if status else found


def find_users(q: str = "", active: bool | None = None) -> QuerySet[User]:
    """People whose name or address holds `q`."""
    found = User.objects.filter(Q(name__icontains=q) | Q(email__icontains=q))
    return found if active is None else found.filter(is_active=active)


def audit_entries(**having: UUID | str) -> QuerySet[AuditEntry]:
    """Entries with exactly these values: actor, action, target_type, target_id."""
    return AuditEntry.objects.filter(**having)
