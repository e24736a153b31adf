"""Events of charging sessions; their data are in event_types.json."""

from typing import Final

SESSION_EVENTS: Final = ("session.started", "session.updated", "session.completed")
