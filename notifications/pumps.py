"""The relay process sends, too: a pump for each channel, so that a slow provider holds back no other.

Announcements, webhooks and watches have pumps of their own."""

from functools import partial

from evbooking.core.pumps import pump
from notifications.channels import SENDERS
from notifications.services import announcing
from notifications.services.sending import send_due
from notifications.services.telling import pump_name
from notifications.services.watches import looking
from notifications.services.webhooks import queueing
from notifications.services.webhooks.crew import Crew

for _channel in SENDERS:
    pump(pump_name(_channel))(partial(send_due, _channel))
pump(announcing.PUMP)(announcing.tell_next)
pump(looking.PUMP)(looking.look_at_changes)
pump(queueing.PUMP)(Crew().begin_due)
