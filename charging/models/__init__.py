"""Charging: who is known at a charger, what was charged, and the bill of it."""

from charging.models.cdr import CDR
from charging.models.session import AuthMethod, Session, SessionStatus
from charging.models.token import Token

__all__ = ["CDR", "AuthMethod", "Session", "SessionStatus", "Token"]
