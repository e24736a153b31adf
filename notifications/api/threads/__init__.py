"""Conversations over the API: lists by side, a thread, writing, reading, blocking, reporting."""
