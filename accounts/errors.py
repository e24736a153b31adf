"""What accounts refuse, by name."""

from evbooking.core.errors import DomainError


class OpenBookings(DomainError):
    """409: an account with bookings that are still to come cannot be deleted."""

    code = "open_bookings"
    title = "You have open bookings. Cancel them or let them end, then delete the account."


class LastOwner(DomainError):
    """409: an operator must keep an owner."""

    code = "last_owner"
    title = "An operator must keep an owner. Make someone else owner first."


class AlreadyMember(DomainError):
    """409: the invited person belongs to the operator already."""

    code = "already_member"
    title = "That person is a member already."


class InvitationForSomeoneElse(DomainError):
    """403: the invitation went to an address that is not the signed-in person's."""

    code = "forbidden"
    status = 403
    title = "This invitation went to another address."
