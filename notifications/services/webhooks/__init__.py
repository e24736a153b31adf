"""Webhooks out: endpoints and their secrets, what is queued for them, and its delivery."""
