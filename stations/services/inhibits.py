"""Taking EVSEs out of service and back: a set of causes, of which clearing one never clears another."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import Invalid, WrongState
from stations.hardware import hardware_status
from stations.models import EVSE
from stations.services.journal import Change, announce_evse, record
from stations.services.locks import lock_evse


@transaction.atomic
def inhibit(evse: EVSE, *, cause: str, actor: User | None, reason: str = "") -> EVSE:
    """Add a cause (EVSE.Inhibit) to the set; nothing happens where it is in it. `actor` None: the charger.

    Raises Invalid for an unknown cause, WrongState for a removed EVSE.
    """
    locked = _locked(evse, cause)
    if cause in locked.inhibits:
        return locked
    return _set(locked, {*locked.inhibits, cause}, action="evse.inhibit", actor=actor, reason=reason)


@transaction.atomic
def release(evse: EVSE, *, cause: str, actor: User | None, reason: str = "") -> EVSE:
    """Take one cause out of the set; the EVSE is in service again when none is left. Raises as `inhibit`."""
    locked = _locked(evse, cause)
    if cause not in locked.inhibits:
        return locked
    return _set(locked, {*locked.inhibits} - {cause}, action="evse.release", actor=actor, reason=reason)


def _locked(evse: EVSE, cause: str) -> EVSE:
    if cause not in EVSE.Inhibit.values:
        raise Invalid.one("cause", "invalid", f"This must be one of {', '.join(EVSE.Inhibit.values)}.")
    locked = lock_evse(evse)
    if locked.removed_at is not None:
        raise WrongState("This EVSE has been removed.")
    return locked


def _set(evse: EVSE, causes: set[str], *, action: str, actor: User | None, reason: str) -> EVSE:
    now = timezone.now()
    before = _state(evse)
    evse.inhibits = sorted(causes)
    after = _state(evse)
    _save(evse, now, moved=before["status"] != after["status"])
    change = Change(evse.station, action, actor, now, before, after, evse=evse, reason=reason)
    record(change)
    if not before["inhibits"]:
        announce_evse("evse.out_of_service", change)
    if not after["inhibits"]:
        announce_evse("evse.in_service", change)
    if before["status"] != after["status"]:
        announce_evse("evse.status", change)
    return evse


def _state(evse: EVSE) -> dict[str, Any]:
    return {"inhibits": list(evse.inhibits), "status": str(hardware_status(evse))}


def _save(evse: EVSE, now: datetime, *, moved: bool) -> None:
    if moved:
        evse.status_since = now
    evse.save(update_fields=["inhibits", "status_since", "last_updated"])
