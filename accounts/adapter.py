"""What we change in allauth's flows."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """E-mail is the only identity; the rest is allauth's default."""
