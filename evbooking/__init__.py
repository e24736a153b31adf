"""The evbooking project: settings, composition root and the shared core."""

from evbooking.celery import app as celery_app

__all__ = ["celery_app"]
