"""The threads that call receivers: many at once, so that one that is slow keeps only its own waiting."""

import logging
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Final

from django.db import connection
from django.utils import timezone

from notifications.models import WebhookDelivery
from notifications.services.webhooks.delivering import claim, deliver

logger = logging.getLogger(__name__)

SIZE: Final = 16
_PATIENCE_S: Final = 1.0


class Crew:
    """At most `size` requests at a time. What is under way when the process stops is finished and written down."""

    def __init__(self, size: int = SIZE) -> None:
        self._size = size
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="webhook")
        self.under_way: set[Future[None]] = set()

    def begin_due(self) -> int:
        """Begin as many of what is due as there are free hands; returns how many, or 1 where none was free."""
        self.under_way = {future for future in self.under_way if not future.done()}
        free = self._size - len(self.under_way)
        if not free:
            wait(self.under_way, timeout=_PATIENCE_S, return_when=FIRST_COMPLETED)
            return 1
        claimed = claim(free, timezone.now())
        self.under_way |= {self._pool.submit(_deliver, delivery) for delivery in claimed}
        return len(claimed)

    def finish(self) -> None:
        """Wait for what is under way."""
        wait(self.under_way)


def _deliver(delivery: WebhookDelivery) -> None:
    """In a thread of the crew, which has a connection to the database only while it needs one."""
    try:
        deliver(delivery)
    except Exception:
        logger.exception("Delivery %s was not written down, its claim will run out", delivery.pk)
    finally:
        connection.close()
