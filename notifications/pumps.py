"""The relay process sends, too: a pump for each channel, so that a slow provider holds back no other.

Announcements, webhooks and watches have pumps of their own, and so has what thousands get by a channel.
"""

from collections.abc import Callable
from functools import partial
from time import sleep, thread_time
from typing import Final

from evbooking.core.pumps import pump
from notifications.channels import SENDERS
from notifications.services import announcing
from notifications.services.sending import send_bulk, send_due
from notifications.services.telling import pump_name
from notifications.services.watches import looking
from notifications.services.webhooks import queueing
from notifications.services.webhooks.crew import Crew

_REST: Final = 9.0
_LONGEST_REST_S: Final = 2.0


def gently(work: Callable[[], int]) -> Callable[[], int]:
    """The work, and after each batch a rest of nine times what it computed.

    The pumps of a process share its interpreter: what thousands are told takes a tenth of it at most, and leaves
    the rest to what somebody waits for. Waiting for a provider or the database costs no rest.
    """

    def work_and_rest() -> int:
        began = thread_time()
        done = work()
        if done:
            sleep(min(_REST * (thread_time() - began), _LONGEST_REST_S))
        return done

    return work_and_rest


for _channel in SENDERS:
    pump(pump_name(_channel))(partial(send_due, _channel))
    pump(pump_name(_channel, bulk=True))(gently(partial(send_bulk, _channel)))
pump(announcing.PUMP)(gently(announcing.tell_next))
pump(looking.PUMP)(looking.look_at_changes)
pump(queueing.PUMP)(Crew().begin_due)
