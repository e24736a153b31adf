"""What administrators decide about people."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.access import end_access
from accounts.services.operators import check_reason
from evbooking.core import audit
from evbooking.core.errors import WrongState


def deactivate_user(user: User, *, actor: User, reason: str) -> User:
    """Close an account: signed out everywhere, no way in; bookings stay. Raises Invalid, WrongState."""
    if user == actor:
        raise WrongState("You cannot close your own account here.")
    with transaction.atomic():
        _set_active(user, active=False, actor=actor, reason=reason)
        end_access(user)
    return user


def reactivate_user(user: User, *, actor: User, reason: str) -> User:
    """Open a closed account again; one that its owner deleted stays deleted. Raises Invalid, WrongState."""
    with transaction.atomic():
        _set_active(user, active=True, actor=actor, reason=reason)
    return user


def _set_active(user: User, *, active: bool, actor: User, reason: str) -> None:
    check_reason(reason)
    found = User.objects.filter(pk=user.pk, is_active=not active, deleted_at=None)
    if not found.update(is_active=active, last_updated=timezone.now()):
        raise WrongState("The account is in that state already, or was deleted by its owner.")
    user.refresh_from_db()
    audit.record(
        "user.reactivate" if active else "user.deactivate",
        target=user,
        actor=actor,
        before={"active": not active},
        after={"active": active},
        reason=reason,
    )
