"""Beginning and ending a session. Until chargers report, both are what the driver or the operator declares."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from charging.estimate import energy_of, estimated_profile
from charging.models import Session, SessionStatus
from charging.periods import periods_of
from charging.services.tokens import app_token_of
from evbooking.core import audit, events
from evbooking.core.errors import WrongState
from stations.models import EVSE, TariffVersion


@transaction.atomic
def start_session(
    driver: User,
    *,
    evse: EVSE,
    connector: str,
    start: datetime,
    planned_kwh: Decimal,
    power_kw: Decimal,
    tariff_version: TariffVersion,
    currency: str,
    booking_reference: str | None = None,
    reserved_from: datetime | None = None,
    actor: User | None,
    now: datetime,
) -> Session:
    """Open a session, ACTIVE since `start`. `reserved_from` is since when the EVSE was kept for the driver.

    A booking has one session: a second one raises IntegrityError.
    """
    session = Session.objects.create(
        driver=driver,
        token=app_token_of(driver, now=now),
        evse=evse,
        station_id=evse.station_id,
        connector=connector,
        start=start,
        planned_kwh=planned_kwh,
        power_kw=power_kw,
        tariff_version=tariff_version,
        currency=currency,
        booking_reference=booking_reference,
        reserved_from=reserved_from,
        created_at=now,
        last_updated=now,
    )
    _note(session, "session.started", None, actor=actor, now=now)
    return session


@transaction.atomic
def stop_session(session: Session, *, end: datetime, actor: User | None, now: datetime) -> Session:
    """ACTIVE > COMPLETED at `end`, or at its start where that is later; the energy is estimated (charging.estimate).

    A compare-and-set: of many who stop it one succeeds, the rest get WrongState.
    """
    end = max(session.start, end)
    profile = estimated_profile(
        session.start, end, power_kw=session.power_kw, planned_kwh=session.planned_kwh
    )
    changes: dict[str, Any] = {
        "status": SessionStatus.COMPLETED,
        "end": end,
        "kwh": energy_of(profile),
        "charging_periods": periods_of(profile),
        "last_updated": now,
    }
    if Session.objects.filter(pk=session.pk, status=SessionStatus.ACTIVE).update(**changes) != 1:
        raise WrongState("The session is not running.")
    for name, value in changes.items():
        setattr(session, name, value)
    _note(session, "session.completed", {"status": SessionStatus.ACTIVE}, actor=actor, now=now)
    return session


def _note(
    session: Session, event: str, before: dict[str, Any] | None, *, actor: User | None, now: datetime
) -> None:
    after = {"status": session.status, "end": session.end, "kwh": session.kwh}
    audit.record(event, target=session, actor=actor, before=before, after=after)
    data = {
        "session_id": session.pk,
        "reference": session.booking_reference,
        "station_id": session.station_id,
        "evse_uid": session.evse.uid,
        "driver_id": session.driver_id,
        "before": before,
        "after": after,
    }
    events.publish(event, subject=f"session:{session.pk}", data=data, actor=actor, now=now)
