"""The Celery application; each app's tasks.py is discovered, the schedule stands in settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evbooking.settings")

app = Celery("evbooking")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
