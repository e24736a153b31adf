"""OCPI's ChargingPeriods as JSON, and the profile that a tariff is applied to.

Source: OCPI 2.3.0, mod_cdrs, ChargingPeriod and CdrDimension. A period ends where the next one begins, the last
one with the session. A period with TIME is charging, one with PARKING_TIME is not; RESERVATION_TIME is before
the session and has no part in its profile. Volumes are decimal strings, so that nothing is lost on the way:
kWh, hours, kW.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

from evbooking.core.api.json import decimal_string, instant
from stations.pricing import ChargingPeriod, Profile

Periods = list[dict[str, Any]]

_HOUR_S = 3600
_SHOWN = Decimal("0.000001")


def periods_of(profile: Profile) -> Periods:
    """The profile of a session as ChargingPeriods."""
    return [_period(part) for part in profile]


def reservation_period(start: datetime, end: datetime) -> Periods:
    """The time for which the EVSE was kept before the session; no period where it has no length."""
    if end <= start:
        return []
    return [_document(start, {"RESERVATION_TIME": _hours(end - start)})]


def profile_of(periods: Sequence[dict[str, Any]], end: datetime) -> tuple[ChargingPeriod, ...]:
    """The profile of a session that ended then: what `periods_of` was given, but for the current."""
    session = [one for one in periods if "RESERVATION_TIME" not in _volumes(one)]
    starts = [datetime.fromisoformat(one["start_date_time"]) for one in session]
    return tuple(
        _charging_period(one, since, until)
        for one, (since, until) in zip(session, pairwise([*starts, end]), strict=True)
    )


def _charging_period(period: dict[str, Any], start: datetime, end: datetime) -> ChargingPeriod:
    volumes = _volumes(period)
    return ChargingPeriod(
        start,
        end,
        energy_kwh=volumes.get("ENERGY", Decimal(0)),
        charging="TIME" in volumes,
        power_kw=volumes.get("POWER"),
    )


def _period(part: ChargingPeriod) -> dict[str, Any]:
    hours = _hours(part.end - part.start)
    if not part.charging:
        return _document(part.start, {"PARKING_TIME": hours})
    volumes = {"ENERGY": part.energy_kwh, "TIME": hours}
    return _document(part.start, volumes if part.power_kw is None else volumes | {"POWER": part.power_kw})


def _document(start: datetime, volumes: dict[str, Decimal]) -> dict[str, Any]:
    dimensions = [{"type": kind, "volume": decimal_string(volume)} for kind, volume in volumes.items()]
    return {"start_date_time": instant(start), "dimensions": dimensions}


def _volumes(period: dict[str, Any]) -> dict[str, Decimal]:
    return {one["type"]: Decimal(one["volume"]) for one in period["dimensions"]}


def _hours(span: timedelta) -> Decimal:
    exact = Decimal(span // timedelta(microseconds=1)) / (_HOUR_S * 1_000_000)
    return exact.quantize(_SHOWN, ROUND_HALF_UP)
