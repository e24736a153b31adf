"""Numbers: opting out and in, and giving up on those that nothing gets through to."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from evbooking.core import events
from evbooking.core.errors import NotFound
from notifications.models import PhoneNumber
from notifications.twilio_errors import DISABLING, OPTED_OUT

STOP_WORDS: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "STOPP", "ABMELDEN"}
)
START_WORDS: Final = frozenset({"START", "YES", "UNSTOP", "ANMELDEN"})


def hear(number: str, words: str, *, now: datetime) -> PhoneNumber:
    """What the owner of a number answered: a stop word opts out, a start word in again, all else is nothing."""
    phone, _ = PhoneNumber.objects.get_or_create(pk=number)
    said = words.strip().strip(".!").upper()
    if said in STOP_WORDS:
        opt_out(phone, now=now)
    elif said in START_WORDS and phone.opted_out_at:
        phone.opted_out_at = None
        phone.save(update_fields=["opted_out_at"])
    return phone


def opt_out(phone: PhoneNumber, *, now: datetime) -> None:
    """Send no text message to this number any more."""
    if phone.opted_out_at is None:
        phone.opted_out_at = now
        phone.save(update_fields=["opted_out_at"])


def opt_out_by_code(code: str, *, now: datetime) -> PhoneNumber:
    """Opt out the number that was sent this code. Raises NotFound."""
    phone = PhoneNumber.objects.filter(code=code).first()
    if phone is None:
        raise NotFound
    opt_out(phone, now=now)
    return phone


@transaction.atomic
def disable_number(number: str, *, code: str, words: str, now: datetime) -> None:
    """Note that nothing gets through to a number, and tell whoever has it; an opt-out is noted as that."""
    phone, _ = PhoneNumber.objects.select_for_update().get_or_create(pk=number)
    if code == str(OPTED_OUT):
        opt_out(phone, now=now)
        return
    if phone.disabled_at:
        return
    phone.disabled_at = now
    phone.error = DISABLING.get(int(code) if code.isdigit() else 0, words)[:200]
    phone.error_code = code
    phone.save()
    for user in User.objects.filter(phone=number, is_active=True).order_by("pk"):
        data = {"user_id": user.pk, "number": number, "error": phone.error, "error_code": code}
        events.publish("phone.disabled", subject=f"user:{user.pk}", data=data, now=now)
