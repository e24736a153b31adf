"""What tests build the world from: plain functions, exact values, one sensible default each."""

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Membership, Operator, User, Vehicle
from bookings.models import Booking, Series
from bookings.terms import AcceptedTerms
from evbooking.core.ocpi import ConnectorType, PowerType, ReservationStatus
from stations.models import EVSE, BookingTerms, Connector, Station, Tariff, TariffVersion

PASSWORD = "correct horse battery staple"
_serial = itertools.count(1)

ENERGY_TARIFF: dict[str, Any] = {
    "currency": "EUR",
    "tax_included": "YES",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.50, "vat": 19, "step_size": 1}]}],
}


def make_user(email: str = "", **fields: Any) -> User:
    return User.objects.create_user(email or f"user{next(_serial)}@example.org", PASSWORD, **fields)


def make_operator(name: str = "", *, owner: User | None = None) -> Operator:
    operator = Operator.objects.create(name=name or f"Operator {next(_serial)}")
    if owner:
        Membership.objects.create(operator=operator, user=owner, role=Membership.Role.OWNER)
    return operator


def make_tariff(operator: Operator, document: dict[str, Any] | None = None) -> Tariff:
    tariff = Tariff.objects.create(operator=operator, name=f"Tariff {next(_serial)}")
    tariff.current = TariffVersion.objects.create(tariff=tariff, number=1, document=document or ENERGY_TARIFF)
    tariff.save()
    return tariff


def make_station(
    operator: Operator | None = None,
    *,
    evses: int = 1,
    tariff: Tariff | None = None,
    terms: dict[str, Any] | None = None,
    approval: str = Station.Approval.APPROVED,
    standard: str = ConnectorType.IEC_62196_T2,
    **fields: Any,
) -> Station:
    """An approved station in Hamburg, open day and night, 11 kW AC, 0.50 EUR/kWh, paid on site."""
    serial = next(_serial)
    operator = operator or make_operator()
    values: dict[str, Any] = {
        "slug": f"station-{serial}",
        "name": f"Station {serial}",
        "address": "Jungfernstieg 1",
        "city": "Hamburg",
        "country": "DEU",
        "latitude": 53.5534,
        "longitude": 9.9921,
        "time_zone": "Europe/Berlin",
        **fields,
    }
    station = Station.objects.create(
        operator=operator, approval=approval, tariff=tariff or make_tariff(operator), **values
    )
    BookingTerms.objects.create(station=station, **(terms or {}))
    for _ in range(evses):
        make_evse(station, standard=standard)
    return station


def make_evse(station: Station, *, standard: str = ConnectorType.IEC_62196_T2, **fields: Any) -> EVSE:
    serial = next(_serial)
    evse = EVSE.objects.create(station=station, uid=f"EVSE{serial}", physical_reference=str(serial), **fields)
    dc = standard in {ConnectorType.IEC_62196_T2_COMBO, ConnectorType.CHADEMO}
    Connector.objects.create(
        evse=evse,
        connector_id="1",
        standard=standard,
        power_type=PowerType.DC if dc else PowerType.AC_3_PHASE,
        max_voltage=400 if dc else 230,
        max_amperage=125 if dc else 16,
        max_electric_power=50_000 if dc else 11_000,
    )
    return evse


def make_vehicle(driver: User, **fields: Any) -> Vehicle:
    values: dict[str, Any] = {
        "make": "Volkswagen",
        "model": "ID.3",
        "battery_kwh": Decimal(58),
        "max_ac_kw": Decimal(11),
        "max_dc_kw": Decimal(120),
        "connectors": [ConnectorType.IEC_62196_T2, ConnectorType.IEC_62196_T2_COMBO],
        **fields,
    }
    return Vehicle.objects.create(driver=driver, **values)


def _reference(serial: int) -> str:
    """One of a million: TEST and four characters of a booking's alphabet."""
    alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    return "TEST" + "".join(alphabet[serial >> shift & 31] for shift in (15, 10, 5, 0))


def make_booking(
    evse: EVSE,
    driver: User,
    *,
    start: datetime,
    minutes: int = 60,
    status: str = ReservationStatus.RESERVED,
    now: datetime | None = None,
    **fields: Any,
) -> Booking:
    """A booking written straight to the table, for tests of what comes after it."""
    now = now or start - timedelta(days=1)
    end = start + timedelta(minutes=minutes)
    assert evse.station.tariff and evse.station.tariff.current
    values: dict[str, Any] = {
        "reference": _reference(next(_serial)),
        "connector": ConnectorType.IEC_62196_T2,
        "blocked_until": end,
        "energy_kwh": Decimal(11),
        "power_kw": Decimal(11),
        "quote": {"lines": [], "total": {"amount": "5.50", "currency": "EUR"}},
        "total_amount": Decimal("5.50"),
        "currency": "EUR",
        "terms": AcceptedTerms.of(evse.station.terms).as_json(),
        "hold_expires_at": now + timedelta(minutes=10) if status == ReservationStatus.HELD else None,
        **fields,
    }
    return Booking.objects.create(
        driver=driver,
        station=evse.station,
        evse=evse,
        start=start,
        end=end,
        status=status,
        tariff_version=evse.station.tariff.current,
        created_at=now,
        last_updated=now,
        **values,
    )


def make_series(
    evse: EVSE, driver: User, *, first: datetime, now: datetime, count: int = 2, **fields: Any
) -> Series:
    """A weekly hour, `count` times from `first` on, told of; `fields` are those of its bookings."""
    wall = first.astimezone(ZoneInfo(evse.station.time_zone))
    series = Series.objects.create(
        driver=driver,
        station=evse.station,
        rrule=f"FREQ=WEEKLY;COUNT={count}",
        time_zone=evse.station.time_zone,
        first_day=wall.date(),
        clock=wall.time(),
        duration_minutes=60,
        told_at=now,
        created_at=now,
        last_updated=now,
    )
    for week in range(count):
        start = first + timedelta(weeks=week)
        make_booking(evse, driver, start=start, now=now, series=series, occurrence=start, **fields)
    return series
