"""Refusals of charging by their API codes."""

from evbooking.core.errors import DomainError


class AlreadyBilled(DomainError):
    """409: there is a bill that stands; it has to be credited before there can be another."""

    code = "already_billed"
    title = "This has been billed already."


class AlreadyCredited(DomainError):
    """409: a CDR is credited once, and a credit CDR never."""

    code = "already_credited"
    title = "This bill cannot be credited again."
