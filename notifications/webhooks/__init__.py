"""Webhooks out, as far as they need no row: what is told, how it is signed, and where it may be sent."""
