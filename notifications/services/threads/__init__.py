"""Conversations: writing, reading, blocking, reporting, and telling of it."""
