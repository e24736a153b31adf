"""What an EVSE can say of itself before bookings are asked: inhibit causes, then the charger's own report."""

from collections.abc import Collection

from evbooking.core.ocpi import Status
from stations.models import EVSE

_BY_CAUSE = {
    EVSE.Inhibit.FAULT: Status.OUTOFORDER,
    EVSE.Inhibit.OPERATOR: Status.INOPERATIVE,
    EVSE.Inhibit.MAINTENANCE: Status.INOPERATIVE,
    EVSE.Inhibit.WEATHER: Status.INOPERATIVE,
    EVSE.Inhibit.OFFLINE: Status.UNKNOWN,
}


def inhibited_status(causes: Collection[str]) -> Status | None:
    """The status the causes decide: a fault before an order, an order before silence; None without any."""
    return next((status for cause, status in _BY_CAUSE.items() if cause in causes), None)


def hardware_status(evse: EVSE) -> Status:
    """The status of an EVSE that no booking occupies."""
    if evse.removed_at is not None:
        return Status.REMOVED
    return inhibited_status(evse.inhibits) or Status(evse.reported_status or Status.AVAILABLE)
