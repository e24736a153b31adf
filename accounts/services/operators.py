"""Operators: founding one, and what administrators decide about it."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, Operator, User
from accounts.validation import check_fields
from evbooking.core import audit
from evbooking.core.errors import Invalid, WrongState

MAX_REASON = 500


def create_operator(owner: User, *, actor: User, name: str, website: str = "") -> Operator:
    """Found an operator with its first owner. Raises Invalid."""
    operator = Operator(name=name, website=website)
    check_fields(operator, ["name", "website"])
    with transaction.atomic():
        operator.save(force_insert=True)
        Membership.objects.create(operator=operator, user=owner, role=Membership.Role.OWNER)
        audit.record(
            "operator.create",
            target=operator,
            actor=actor,
            before=None,
            after={"name": name, "website": website, "status": operator.status, "owner": owner.pk},
        )
    return operator


def suspend_operator(operator: Operator, *, actor: User, reason: str) -> Operator:
    """ACTIVE > SUSPENDED: its stations are no longer public or bookable. Raises Invalid, WrongState."""
    check_reason(reason)
    return _move(operator, Operator.Status.ACTIVE, Operator.Status.SUSPENDED, actor=actor, reason=reason)


def reactivate_operator(operator: Operator, *, actor: User, reason: str) -> Operator:
    """SUSPENDED > ACTIVE. Raises Invalid, WrongState."""
    check_reason(reason)
    return _move(operator, Operator.Status.SUSPENDED, Operator.Status.ACTIVE, actor=actor, reason=reason)


def check_reason(reason: str) -> None:
    """Raise Invalid at `reason` when an administrator's decision comes without one, or with a novel."""
    if not reason.strip():
        raise Invalid.one("reason", "required", "Say why.")
    if len(reason) > MAX_REASON:
        raise Invalid.one("reason", "too_long_text", f"At most {MAX_REASON} characters.")


def _move(operator: Operator, old: str, new: str, *, actor: User, reason: str) -> Operator:
    """Compare-and-set of the status: of two administrators at once, one is told that it is done already."""
    shown = reason if new == Operator.Status.SUSPENDED else ""
    with transaction.atomic():
        found = Operator.objects.filter(pk=operator.pk, status=old)
        if not found.update(status=new, suspension_reason=shown, last_updated=timezone.now()):
            raise WrongState(f"The operator is not {Operator.Status(old).label}.")
        action = "operator.suspend" if new == Operator.Status.SUSPENDED else "operator.reactivate"
        audit.record(
            action, target=operator, actor=actor, before={"status": old}, after={"status": new}, reason=reason
        )
    operator.refresh_from_db()
    return operator
