from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import clear_sessions
from evbooking.celery import app
from evbooking.core.schedule import BEAT_SCHEDULE


def test_ended_sessions_are_deleted_and_others_stay(db: None) -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(days=1))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_beat_calls_it_by_its_name() -> None:
    assert BEAT_SCHEDULE["clear-sessions"]["task"] == clear_sessions.name
    assert clear_sessions.name in app.tasks
