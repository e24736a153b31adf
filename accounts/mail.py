"""Letters that accounts send; sign-in letters are allauth's."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Invitation


def send_invitation(invitation: Invitation) -> None:
    """Send the link by which an invitation is accepted; call it after commit."""
    link = settings.PUBLIC_URL + reverse("accounts:invitation", args=[invitation.token])
    context = {"invitation": invitation, "operator": invitation.operator, "link": link}
    send_mail(
        f"Join {invitation.operator.name} on evbooking",
        render_to_string("accounts/invitation.txt", context),
        from_email=None,
        recipient_list=[invitation.email],
    )
