"""Shapes of accounts in the API; here stands what other apps use of them."""

from accounts.api.serializers.administration import ReasonInput

__all__ = ["ReasonInput"]
