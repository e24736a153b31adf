"""Sessions and bills as JSON."""

from typing import Any

from charging.models import CDR, Session, SessionStatus
from charging.models.cdr import ESTIMATED
from charging.selectors import standing_cdr
from charging.stored import stored_bill


def session_document(session: Session) -> dict[str, Any]:
    """The session object of the API; `cost` and `cdr` once it is billed. Needs evse, station and cdrs loaded."""
    cdr = standing_cdr(session)
    return {
        "id": session.pk,
        "booking": session.booking_reference,
        "station": {
            "id": session.station_id,
            "slug": session.station.slug,
            "name": session.station.name,
            "time_zone": session.station.time_zone,
        },
        "evse_uid": session.evse.uid,
        "connector": session.connector,
        "status": session.status,
        "auth_method": session.auth_method,
        "start": session.start,
        "end": session.end,
        "energy_kwh": session.kwh,
        "power_kw": session.power_kw if session.status == SessionStatus.ACTIVE else None,
        "state_of_charge": None,
        "remark": ESTIMATED if session.meter_stop is None else "",
        "cost": None if cdr is None else stored_bill(cdr).as_json(),
        "charging_periods": session.charging_periods,
        "cdr": None if cdr is None else cdr_document(cdr),
        "last_updated": session.last_updated,
    }


def cdr_document(cdr: CDR) -> dict[str, Any]:
    """What names a CDR, and the time and energy it bills."""
    return {
        "id": cdr.pk,
        "kind": cdr.kind,
        "session": cdr.session_id,
        "start": cdr.start,
        "end": cdr.end,
        "energy_kwh": cdr.kwh,
        "remark": cdr.remark,
        "issued_at": cdr.issued_at,
    }


def bill_document(cdr: CDR) -> dict[str, Any]:
    """A CDR with its lines and totals."""
    return {"cdr": cdr_document(cdr), **stored_bill(cdr).as_json()}
