"""The tariff that a stored version holds."""

from functools import lru_cache

from stations.models import TariffVersion
from stations.pricing import Tariff


@lru_cache(maxsize=1024)
def tariff_of(version: TariffVersion) -> Tariff:
    """The tariff of an immutable version, read once per process."""
    return Tariff.from_ocpi(version.document)
