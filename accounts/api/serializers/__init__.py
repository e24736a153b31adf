"""Shapes of accounts in the API; here stands what other apps use of them."""

from accounts.api.serializers.administration import ReasonInput
from accounts.api.serializers.optional import AllOptional

__all__ = ["AllOptional", "ReasonInput"]
