"""Whether a kept connection still stands is seen on its socket: Django's own check is a query in every request."""

from select import POLLIN, poll

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Whether the server can be asked. A connection that it has closed is readable, and so is one with a notice:
        these, and what is left within a transaction, are asked."""
        connection = self.connection
        if connection is None or connection.closed:
            return False
        if connection.info.transaction_status == TransactionStatus.IDLE and not _is_readable(
            connection.fileno()
        ):
            return True
        return super().is_usable()


def _is_readable(socket: int) -> bool:
    """Something was sent unasked, or the other side is gone."""
    waiting = poll()
    waiting.register(socket, POLLIN)
    return bool(waiting.poll(0))
