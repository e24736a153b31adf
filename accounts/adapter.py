"""What we change in allauth's flows."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """E-mail is the only identity; the rest is allauth's default."""
