"""allauth's own signal of a sign-in, on pages and by the API alike."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from notifications.services.signins import note_sign_in


@receiver(user_logged_in, dispatch_uid="notifications.signins")
def notice_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    note_sign_in(user, user_agent=request.headers.get("User-Agent", ""), now=timezone.now())
