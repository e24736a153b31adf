"""A session to be billed: an 11 kW charge point in Hamburg, booked from 8:00 UTC for an hour and 11 kWh."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from charging.models import CDR, Session
from charging.services.bills import issue_cdr
from charging.services.sessions import start_session, stop_session
from evbooking.core.ocpi import ConnectorType
from stations.models import EVSE, Station
from tests.factories import make_operator, make_station, make_tariff

START = datetime(2026, 12, 1, 8, tzinfo=UTC)
Open = Callable[..., Session]
Charge = Callable[..., CDR]


@pytest.fixture
def evse(station: Station) -> EVSE:
    return station.evses.earliest("uid")


def at_tariff(document: dict[str, Any], **fields: Any) -> EVSE:
    """A charge point of an operator with this tariff."""
    operator = make_operator()
    return make_station(operator, tariff=make_tariff(operator, document), **fields).evses.get()


@pytest.fixture
def open_session(driver: User, evse: EVSE) -> Open:
    def open_one(at: EVSE = evse, **fields: Any) -> Session:
        assert at.station.tariff and at.station.tariff.current
        version = at.station.tariff.current
        values: dict[str, Any] = {
            "start": START,
            "planned_kwh": Decimal(11),
            "power_kw": Decimal(11),
            "booking_reference": "TESTAAAA",
            "reserved_from": START,
            **fields,
        }
        return start_session(
            driver,
            evse=at,
            connector=ConnectorType.IEC_62196_T2,
            tariff_version=version,
            currency=version.document["currency"],
            actor=driver,
            now=values["start"],
            **values,
        )

    return open_one


@pytest.fixture
def charge(open_session: Open, driver: User) -> Charge:
    """Charge until `end` and have it billed."""

    def charge_one(end: datetime, at: EVSE | None = None, **fields: Any) -> CDR:
        session = open_session(at, **fields) if at else open_session(**fields)
        stop_session(session, end=end, actor=driver, now=end)
        return issue_cdr(session, actor=driver, now=end)

    return charge_one
