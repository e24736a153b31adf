"""A person's own account: editing it, taking the data along, leaving."""

from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.conf import settings
from django.db import transaction

from accounts import ports
from accounts.errors import LastOwner
from accounts.models import Membership, Operator, User
from accounts.selectors import memberships_of, vehicles_of
from accounts.services.access import end_access
from accounts.validation import check_fields
from evbooking.core import audit
from evbooking.core.errors import Invalid
from evbooking.core.locks import advisory_xact_lock


class ProfileChanges(TypedDict, total=False):
    """What a person may change: phone as E.164 ("" for none), time_zone an IANA name."""

    name: str
    phone: str
    locale: str
    time_zone: str


def update_profile(user: User, *, actor: User, **changes: Unpack[ProfileChanges]) -> User:
    """Write the named fields. Raises Invalid. The audit names the fields, not the personal values in them."""
    if changes.get("locale", user.locale) not in dict(settings.LANGUAGES):
        raise Invalid.one("locale", "invalid", "Choose one of: " + ", ".join(dict(settings.LANGUAGES)) + ".")
    for field, value in changes.items():
        setattr(user, field, value)
    check_fields(user, changes)
    with transaction.atomic():
        user.save(update_fields=[*changes, "last_updated"])
        audit.record("user.update", target=user, actor=actor, before=None, after={"fields": sorted(changes)})
    return user


def export_data(user: User, *, now: datetime) -> dict[str, Any]:
    """Everything known about the person, by section; other apps add theirs through accounts.ports."""
    own = {
        "exported_at": now,
        "account": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "phone": str(user.phone),
            "locale": user.locale,
            "time_zone": user.time_zone,
            "date_joined": user.date_joined,
        },
        "operators": [
            {"id": m.operator_id, "name": m.operator.name, "role": m.role} for m in memberships_of(user)
        ],
        "vehicles": list(
            vehicles_of(user).values(
                "id", "make", "model", "battery_kwh", "max_ac_kw", "max_dc_kw", "connectors"
            )
        ),
    }
    return own | {section: provide(user) for section, provide in ports.export_providers().items()}


def delete_account(user: User, *, actor: User, now: datetime) -> None:
    """Forget the person; the row stays without name, address or way in, because bookings refer to it.

    Raises LastOwner while an active operator would lose its only owner, and whatever a deletion guard
    raises (OpenBookings).
    """
    with transaction.atomic():
        advisory_xact_lock(f"driver:{user.pk}")
        for guard in ports.deletion_guards():
            guard(user)
        _leave_operators(user)
        vehicles_of(user).update(removed_at=now, last_updated=now)
        _forget(user, now)
        end_access(user, for_ever=True)
        audit.record(
            "user.delete", target=user, actor=actor, before={"active": True}, after={"active": False}
        )


def _leave_operators(user: User) -> None:
    owned = Operator.objects.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)
    for operator in Operator.objects.select_for_update().filter(pk__in=owned.values("pk")).order_by("pk"):
        others = operator.memberships.filter(role=Membership.Role.OWNER).exclude(user=user)
        if operator.status == Operator.Status.ACTIVE and not others.exists():
            raise LastOwner(f"You are the only owner of {operator}. Make someone else owner first.")
    user.memberships.all().delete()


def _forget(user: User, now: datetime) -> None:
    user.email = f"deleted-{user.pk}@deleted.invalid"
    user.name = ""
    user.phone = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.deleted_at = now
    user.set_unusable_password()
    user.save()
