"""The price of an imagined stay, before a tariff is given to a station."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from evbooking.core.errors import Invalid
from stations import pricing
from stations.models import TariffVersion

LONGEST: Final = timedelta(days=31)
USUAL_KW: Final = Decimal(11)


def preview_quote(
    version: TariffVersion,
    *,
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    energy_kwh: Decimal | None = None,
    power_kw: Decimal | None = None,
) -> dict[str, Any]:
    """The quote of a stay [start, end) at a site in `zone`, as JSON.

    Without a power the energy flows evenly over the stay; without either the vehicle charges at 11 kW all the
    time. Raises Invalid.
    """
    if end <= start:
        raise Invalid.one("end", "end_before_start", "The end must come after the start.")
    if end - start > LONGEST:
        raise Invalid.one("end", "range_too_long", "A stay is at most 31 days long.")
    power = _even_power(energy_kwh, end - start) if power_kw is None else power_kw
    if power <= 0:
        raise Invalid.one("power_kw", "out_of_range", "This must be above 0.")
    tariff = pricing.Tariff.from_ocpi(version.document)
    quote = pricing.quote(tariff, start=start, end=end, power_kw=power, zone=zone, energy_kwh=energy_kwh)
    return quote.as_json()


def _even_power(energy_kwh: Decimal | None, stay: timedelta) -> Decimal:
    """kW that bring the energy in exactly at the end."""
    if not energy_kwh:
        return USUAL_KW
    return energy_kwh * 3600 / Decimal(stay / timedelta(seconds=1))
