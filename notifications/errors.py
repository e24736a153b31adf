"""Refusals of conversations by their API codes."""

from evbooking.core.errors import DomainError


class Blocked(DomainError):
    """409: one of the two sides wants no more posts of the other, and none are written meanwhile."""

    code = "blocked"
    title = "They do not take messages from you. Bookings are not affected."


class Blocking(DomainError):
    """409: the writer's own side blocks the other, who could not answer."""

    code = "blocking"
    title = "You have blocked them. Lift the block to write."


class NobodyThere(DomainError):
    """409: whom the post would be for has closed the account."""

    code = "nobody_there"
    title = "They have closed their account, so nobody would read it."
