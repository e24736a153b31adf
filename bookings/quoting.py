"""What a slot costs by a tariff version: the same numbers for search, for a hold and for a reschedule."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bookings.terms import AcceptedTerms
from evbooking.core.money import Money
from stations.models import TariffVersion
from stations.pricing import Quote, price_expired_reservation, quote
from stations.pricing.rules import compile_tariff
from stations.versions import tariff_of

_ANY_START: Final = datetime(2024, 1, 1, tzinfo=UTC)


def quote_for(
    version: TariffVersion,
    *,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    energy_kwh: Decimal,
    power_kw: Decimal,
) -> Quote:
    """The price of [start, end) at a site in `zone`: that energy at constant power, then parking.

    Cached; where no price depends on the calendar, all starts share one entry.
    """
    if is_same_always(version):
        start, end = _ANY_START, _ANY_START + (end - start)
    return _quote(version, zone, start, end - start, energy_kwh, power_kw)


def is_same_always(version: TariffVersion) -> bool:
    """Whether no price depends on the time of day, the weekday or the date."""
    return not compile_tariff(tariff_of(version)).needs_wall


def no_show_cost(
    version: TariffVersion, terms: AcceptedTerms, *, zone: ZoneInfo, start: datetime, end: datetime
) -> Money:
    """What not coming to [start, end) costs: the fee of the terms, and the tariff's price of a reservation."""
    reserved = start, terms.released_at(start, end)
    expired = price_expired_reservation(tariff_of(version), reserved=reserved, zone=zone)
    return expired.total + terms.no_show_fee(expired.total.currency)


@lru_cache(maxsize=4096)
def _quote(
    version: TariffVersion,
    zone: ZoneInfo,
    start: datetime,
    lasting: timedelta,
    energy_kwh: Decimal,
    power_kw: Decimal,
) -> Quote:
    return quote(
        tariff_of(version),
        start=start,
        end=start + lasting,
        power_kw=power_kw,
        zone=zone,
        energy_kwh=energy_kwh,
    )
