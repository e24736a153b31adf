"""The relay process sends, too: a pump for each channel, so that a slow provider holds back no other."""

from functools import partial

from evbooking.core.pumps import pump
from notifications.channels import SENDERS
from notifications.services.sending import send_due
from notifications.services.telling import pump_name

for _channel in SENDERS:
    pump(pump_name(_channel))(partial(send_due, _channel))
