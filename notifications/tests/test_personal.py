"""What people were told belongs to them: it is in their export, and goes with them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.errors import LastOwner
from accounts.models import Operator, User
from accounts.services.profile import delete_account, export_data
from notifications.models import Device, Notification, PhoneNumber
from notifications.services.preferences import set_preferences
from notifications.tasks import forget_old_messages
from notifications.tests.conftest import PHONE, Tell

pytestmark = pytest.mark.django_db


def test_the_export_has_every_message(reachable: User, say: Tell) -> None:
    say(reachable)
    told = export_data(reachable, now=timezone.now())["notifications"]
    assert sorted(each["channel"] for each in told) == ["email", "inbox", "push", "sms"]
    assert told[0]["title"] == "Reserved: Harbour, Tue 1 Dec 13:00–14:00"


def test_who_leaves_takes_messages_browsers_and_wishes_along(
    reachable: User, stranger: User, say: Tell
) -> None:
    say(reachable, stranger)
    set_preferences(reachable, switches={"booking_held": {"email": True}}, digest=True)
    PhoneNumber.objects.create(number=PHONE)
    delete_account(reachable, actor=reachable, now=timezone.now())
    assert set(Notification.objects.values_list("recipient", flat=True)) == {stranger.pk}
    assert not Device.objects.exists()
    assert not PhoneNumber.objects.exists()


def test_an_opt_out_outlives_the_account(reachable: User) -> None:
    PhoneNumber.objects.create(number=PHONE, opted_out_at=timezone.now())
    delete_account(reachable, actor=reachable, now=timezone.now())
    assert PhoneNumber.objects.get().number == PHONE


def test_who_may_not_leave_keeps_everything(operator: Operator, owner: User, say: Tell) -> None:
    say(owner)
    with pytest.raises(LastOwner):
        delete_account(owner, actor=owner, now=timezone.now())
    assert Notification.objects.filter(recipient=owner).exists()


def test_messages_are_forgotten_after_a_year(reachable: User, stranger: User, say: Tell) -> None:
    say(reachable)
    Notification.objects.update(created_at=timezone.now() - timedelta(days=366))
    say(stranger)
    assert forget_old_messages() == 4
    assert set(Notification.objects.values_list("recipient", flat=True)) == {stranger.pk}
