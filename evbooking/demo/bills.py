"""Sessions and bills of generated bookings: what charging's services would have written, written by COPY."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import Model

from accounts.models import User
from charging.drafts import no_show_draft, session_draft
from charging.estimate import energy_of, estimated_profile
from charging.models import CDR, Session, SessionStatus, Token
from charging.periods import periods_of
from stations.models import EVSE, TariffVersion


@dataclass(frozen=True, slots=True)
class Visit:
    """What became of a booked slot: `arrived_at` None is a no-show, `left_at` None is still charging."""

    booking_id: UUID
    reference: str
    driver: User
    evse: EVSE
    connector: str
    version: TariffVersion
    start: datetime
    kwh: Decimal
    power_kw: Decimal
    arrived_at: datetime | None
    left_at: datetime | None
    released_at: datetime
    fee: Decimal


class Bills:
    """Writes the sessions and bills of visits, batch by batch; each driver's token comes before the first of them."""

    def __init__(self) -> None:
        self._tokens: dict[UUID, Token] = {}

    def write(self, visits: Iterable[Visit], cursor: Any) -> None:
        known = set(self._tokens)
        sessions, cdrs = [], []
        for visit in visits:
            session = None if visit.arrived_at is None else self._session(visit, visit.arrived_at)
            if session is not None:
                sessions.append(session)
            if session is None or session.end is not None:
                cdrs.append(_cdr(visit, session))
        new = [token for driver, token in self._tokens.items() if driver not in known]
        for rows in (new, sessions, cdrs):
            _copy(cursor, rows)

    def _session(self, visit: Visit, arrived_at: datetime) -> Session:
        session = Session(
            id=uuid5(visit.booking_id, "session"),
            token=self._token(visit.driver, arrived_at),
            driver=visit.driver,
            station=visit.evse.station,
            evse=visit.evse,
            connector=visit.connector,
            booking_reference=visit.reference,
            reserved_from=visit.start,
            start=arrived_at,
            planned_kwh=visit.kwh,
            power_kw=visit.power_kw,
            tariff_version=visit.version,
            currency=visit.version.document["currency"],
            created_at=arrived_at,
            last_updated=visit.left_at or arrived_at,
        )
        if visit.left_at is not None:
            profile = estimated_profile(
                arrived_at, visit.left_at, power_kw=visit.power_kw, planned_kwh=visit.kwh
            )
            session.status, session.end = SessionStatus.COMPLETED, visit.left_at
            session.kwh, session.charging_periods = energy_of(profile), periods_of(profile)
        return session

    def _token(self, driver: User, now: datetime) -> Token:
        if driver.pk not in self._tokens:
            id_ = uuid5(driver.pk, "token")
            self._tokens[driver.pk] = Token(id=id_, uid=id_.hex, driver=driver, created_at=now)
        return self._tokens[driver.pk]


def _cdr(visit: Visit, session: Session | None) -> CDR:
    if session is None:
        cdr = no_show_draft(
            visit.driver,
            booking_reference=visit.reference,
            evse=visit.evse,
            reserved=(visit.start, visit.released_at),
            tariff_version=visit.version,
            noshow_fee=visit.fee,
            now=visit.released_at,
        )
    else:
        cdr = session_draft(session, now=session.last_updated)
    cdr.id = uuid5(visit.booking_id, "cdr")
    return cdr


def _copy(cursor: Any, rows: Sequence[Model]) -> None:
    if not rows:
        return
    fields = rows[0]._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    with cursor.copy(f"COPY {rows[0]._meta.db_table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            )
