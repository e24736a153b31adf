"""What may be written of a station and the things below it, by name and type: shared by every door."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, TypedDict

from stations.models import ParkingPlace, Tariff


class StationFields(TypedDict, total=False):
    """Fields of a Station that its operator decides. `opening_times` is an OCPI Hours object."""

    name: str
    description: str
    address: str
    city: str
    postal_code: str
    country: str
    latitude: float
    longitude: float
    time_zone: str
    opening_times: Mapping[str, Any]
    facilities: Collection[str]
    parking_type: str
    tariff: Tariff | None
    source_id: str | None
    assumed: Collection[str]


class EvseChanges(TypedDict, total=False):
    """Fields of an EVSE that may change."""

    evse_id: str
    physical_reference: str
    floor_level: str
    walk_in_only: bool
    parking_places: Collection[ParkingPlace]


class EvseFields(EvseChanges, total=False):
    """Fields of a new EVSE; without a `uid` it gets one."""

    uid: str


class _ConnectorKind(TypedDict):
    standard: str
    power_type: str


class ConnectorFields(_ConnectorKind, total=False):
    """One connector. `id` defaults to its place in the list (1, 2, ...), `format` to SOCKET.

    Either `max_power_kw`, or V (line to neutral for AC) and A; what is left out follows from the rest.
    """

    id: str
    format: str
    max_power_kw: Decimal | None
    max_voltage: int | None
    max_amperage: int | None


class ParkingFields(TypedDict, total=False):
    """Fields of a parking place; sizes in cm."""

    physical_reference: str
    vehicle_types: Collection[str]
    max_vehicle_height: int | None
    max_vehicle_length: int | None
    max_vehicle_width: int | None


class TermsFields(TypedDict, total=False):
    """Fields of BookingTerms; durations in minutes, shares in percent, amounts in the tariff's money."""

    timeslot_increment_minutes: int
    min_booking_duration: int
    max_booking_duration: int
    booking_horizon_minutes: int
    buffer_minutes: int
    change_until_minutes: int
    cancel_until_minutes: int
    late_cancel_allowed: bool
    late_cancel_share: int
    early_start_time: int
    noshow_timeout: int
    noshow_fee_amount: Decimal
    late_stop_time: int
    payment: str
    security: str
    deposit_amount: Decimal
    estimate_buffer_share: int
    approval_required: bool
    answer_within_minutes: int
    max_open_bookings_per_driver: int
