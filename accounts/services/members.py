"""Who belongs to an operator, and as what.

Every change locks the operator's row first, so that two changes at once never leave it without an owner.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import mail
from accounts.errors import AlreadyMember, InvitationForSomeoneElse, LastOwner
from accounts.models import Invitation, Membership, Operator, User
from accounts.models.operator import INVITATION_LIFETIME
from accounts.ports import require_room
from accounts.selectors import open_invitations
from evbooking.core import audit
from evbooking.core.errors import Invalid, NotFound, WrongState

MAX_OPEN_INVITATIONS = 50
MAIL_AGAIN_AFTER = timedelta(minutes=5)


def invite(operator: Operator, *, actor: User, email: str, role: str, now: datetime) -> Invitation:
    """Invite someone by e-mail; the letter goes out after commit.

    Inviting the same address again renews the invitation, with another letter at most every five minutes.
    Raises Invalid (also `too_many_invitations`), AlreadyMember.
    """
    email = _checked_email(email)
    _check_role(role)
    with transaction.atomic():
        _lock(operator)
        if operator.memberships.filter(user__email=email).exists():
            raise AlreadyMember
        invitation = Invitation.objects.filter(operator=operator, email=email, accepted_at=None).first()
        if invitation is None:
            if open_invitations(operator, now).count() >= MAX_OPEN_INVITATIONS:
                raise Invalid.one("email", "too_many_invitations", "Too many invitations are open.")
            require_room(operator, "members", lambda: _seats(operator, now))
            invitation = Invitation(operator=operator, email=email, sent_at=now - MAIL_AGAIN_AFTER)
        invitation.role = role
        invitation.invited_by = actor
        invitation.expires_at = now + INVITATION_LIFETIME
        if now - invitation.sent_at >= MAIL_AGAIN_AFTER:
            invitation.sent_at = now
            transaction.on_commit(lambda: mail.send_invitation(invitation), robust=True)
        invitation.save()
        audit.record(
            "operator.invite",
            target=operator,
            actor=actor,
            before=None,
            after={"invitation": invitation.pk, "role": role},
        )
    return invitation


def withdraw(invitation: Invitation, *, actor: User, now: datetime) -> None:
    """Make an invitation worthless. Raises WrongState when it was accepted."""
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(expires_at=now):
            raise WrongState("The invitation was accepted already.")
        audit.record(
            "operator.withdraw_invitation",
            target=invitation.operator,
            actor=actor,
            before={"invitation": invitation.pk, "role": invitation.role},
            after=None,
        )


def accept(invitation: Invitation, *, user: User, now: datetime) -> Membership:
    """Join the operator in the invited role.

    Raises InvitationForSomeoneElse unless the address is the person's, WrongState when the invitation is used
    or too old, AlreadyMember.
    """
    if not belongs_to(invitation, user):
        raise InvitationForSomeoneElse
    with transaction.atomic():
        _lock(invitation.operator)
        taken = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, expires_at__gt=now)
        if not taken.update(accepted_at=now):
            raise WrongState("The invitation was used already or is too old.")
        require_room(invitation.operator, "members", invitation.operator.memberships.count)
        membership, created = Membership.objects.get_or_create(
            operator=invitation.operator, user=user, defaults={"role": invitation.role}
        )
        if not created:
            raise AlreadyMember
        _record("operator.join", membership, actor=user, before=None, after=membership.role)
    return membership


def change_role(membership: Membership, *, actor: User, role: str) -> Membership:
    """Give a member another role. Raises Invalid, LastOwner, NotFound when the member left meanwhile."""
    _check_role(role)
    with transaction.atomic():
        _lock(membership.operator)
        current = _fresh(membership)
        if current.role != role:
            _keep_an_owner(current)
            before, current.role = current.role, role
            current.save(update_fields=["role"])
            _record("operator.change_role", current, actor=actor, before=before, after=role)
    return current


def remove_member(membership: Membership, *, actor: User) -> None:
    """Take someone out of the operator. Raises LastOwner, NotFound when the member left meanwhile."""
    with transaction.atomic():
        _lock(membership.operator)
        current = _fresh(membership)
        _keep_an_owner(current)
        _record("operator.remove_member", current, actor=actor, before=current.role, after=None)
        current.delete()


def belongs_to(invitation: Invitation, user: User) -> bool:
    """True when the invited address is the person's: the primary one, or another that was confirmed."""
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True)
    return invitation.email == user.email or bool(confirmed.exists())


def _seats(operator: Operator, now: datetime) -> int:
    return operator.memberships.count() + open_invitations(operator, now).count()


def _lock(operator: Operator) -> None:
    Operator.objects.select_for_update().get(pk=operator.pk)


def _fresh(membership: Membership) -> Membership:
    try:
        return Membership.objects.select_related("operator", "user").get(pk=membership.pk)
    except Membership.DoesNotExist:
        raise NotFound from None


def _keep_an_owner(membership: Membership) -> None:
    owners = Membership.objects.filter(operator=membership.operator, role=Membership.Role.OWNER)
    if membership.role == Membership.Role.OWNER and not owners.exclude(pk=membership.pk).exists():
        raise LastOwner


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as refused:
        raise Invalid.one(
            "email", "invalid" if email else "required", "Enter an e-mail address."
        ) from refused
    return email


def _check_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Invalid.one("role", "invalid", "Choose one of: " + ", ".join(Membership.Role.values) + ".")


def _record(
    action: str, membership: Membership, *, actor: User, before: str | None, after: str | None
) -> None:
    values = [{"user": membership.user_id, "role": role} if role else None for role in (before, after)]
    audit.record(action, target=membership.operator, actor=actor, before=values[0], after=values[1])
