"""Places (OCPI Location > EVSE > Connector), tariffs, booking terms, closures, approval history."""

from stations.models.approval import ApprovalStep
from stations.models.closure import Closure
from stations.models.evse import EVSE, Connector, ParkingPlace
from stations.models.image import StationImage
from stations.models.station import Station
from stations.models.tariff import Tariff, TariffVersion
from stations.models.terms import BookingTerms

__all__ = [
    "EVSE",
    "ApprovalStep",
    "BookingTerms",
    "Closure",
    "Connector",
    "ParkingPlace",
    "Station",
    "StationImage",
    "Tariff",
    "TariffVersion",
]
