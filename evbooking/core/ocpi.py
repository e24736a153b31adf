"""Enumerations of OCPI 2.3.0 that more than one app speaks, by their exact names.

Source: Open Charge Point Interface 2.3.0, modules Locations, Tariffs, CDRs, Tokens and Bookings.
"""

from django.db.models import TextChoices


class ConnectorType(TextChoices):
    """Socket or plug standard (mod_locations, ConnectorType); the usual ones of the field."""

    IEC_62196_T1 = "IEC_62196_T1", "Type 1 (J1772)"
    IEC_62196_T1_COMBO = "IEC_62196_T1_COMBO", "CCS1"
    IEC_62196_T2 = "IEC_62196_T2", "Type 2"
    IEC_62196_T2_COMBO = "IEC_62196_T2_COMBO", "CCS2"
    CHADEMO = "CHADEMO", "CHAdeMO"
    SAE_J3400 = "SAE_J3400", "NACS (J3400)"
    GBT_AC = "GBT_AC", "GB/T AC"
    GBT_DC = "GBT_DC", "GB/T DC"
    DOMESTIC_F = "DOMESTIC_F", "Schuko"
    MCS = "MCS", "MCS"
    TESLA_S = "TESLA_S", "Tesla"


class ConnectorFormat(TextChoices):
    SOCKET = "SOCKET", "socket"
    CABLE = "CABLE", "attached cable"


class PowerType(TextChoices):
    AC_1_PHASE = "AC_1_PHASE", "AC single phase"
    AC_3_PHASE = "AC_3_PHASE", "AC three phases"
    DC = "DC", "DC"


class Status(TextChoices):
    """Status of an EVSE (mod_locations, Status)."""

    AVAILABLE = "AVAILABLE", "available"
    BLOCKED = "BLOCKED", "blocked"
    CHARGING = "CHARGING", "charging"
    INOPERATIVE = "INOPERATIVE", "not in operation"
    OUTOFORDER = "OUTOFORDER", "out of order"
    PLANNED = "PLANNED", "planned"
    REMOVED = "REMOVED", "removed"
    RESERVED = "RESERVED", "reserved"
    UNKNOWN = "UNKNOWN", "unknown"


class ParkingType(TextChoices):
    ALONG_MOTORWAY = "ALONG_MOTORWAY", "along a motorway"
    PARKING_GARAGE = "PARKING_GARAGE", "parking garage"
    PARKING_LOT = "PARKING_LOT", "parking lot"
    ON_DRIVEWAY = "ON_DRIVEWAY", "driveway"
    ON_STREET = "ON_STREET", "on the street"
    UNDERGROUND_GARAGE = "UNDERGROUND_GARAGE", "underground garage"


class Facility(TextChoices):
    HOTEL = "HOTEL", "hotel"
    RESTAURANT = "RESTAURANT", "restaurant"
    CAFE = "CAFE", "café"
    MALL = "MALL", "mall"
    SUPERMARKET = "SUPERMARKET", "supermarket"
    SPORT = "SPORT", "sport"
    RECREATION_AREA = "RECREATION_AREA", "recreation area"
    NATURE = "NATURE", "nature"
    MUSEUM = "MUSEUM", "museum"
    BIKE_SHARING = "BIKE_SHARING", "bike sharing"
    BUS_STOP = "BUS_STOP", "bus stop"
    TAXI_STAND = "TAXI_STAND", "taxi stand"
    TRAM_STOP = "TRAM_STOP", "tram stop"
    METRO_STATION = "METRO_STATION", "metro station"
    TRAIN_STATION = "TRAIN_STATION", "train station"
    AIRPORT = "AIRPORT", "airport"
    PARKING_LOT = "PARKING_LOT", "parking lot"
    CARPOOL_PARKING = "CARPOOL_PARKING", "carpool parking"
    FUEL_STATION = "FUEL_STATION", "fuel station"
    WIFI = "WIFI", "Wi-Fi"


class VehicleType(TextChoices):
    """Vehicles a parking place takes (mod_locations, VehicleType)."""

    MOTORCYCLE = "MOTORCYCLE", "motorcycle"
    PERSONAL_VEHICLE = "PERSONAL_VEHICLE", "car"
    PERSONAL_VEHICLE_WITH_TRAILER = "PERSONAL_VEHICLE_WITH_TRAILER", "car with trailer"
    VAN = "VAN", "van"
    SEMI_TRACTOR = "SEMI_TRACTOR", "tractor unit"
    RIGID = "RIGID", "rigid lorry"
    TRUCK_WITH_TRAILER = "TRUCK_WITH_TRAILER", "lorry with trailer"
    BUS = "BUS", "bus"
    DISABLED = "DISABLED", "for people with a disability"


class ReservationStatus(TextChoices):
    """States of a booking: a superset of OCPI's ReservationStatus (docs: domain, Booking)."""

    HELD = "HELD", "held"
    PENDING = "PENDING", "waiting for the operator"
    RESERVED = "RESERVED", "reserved"
    REJECTED = "REJECTED", "rejected"
    FAILED = "FAILED", "failed"
    EXPIRED = "EXPIRED", "expired"
    CANCELED = "CANCELED", "canceled"
    FULFILLED = "FULFILLED", "charging"
    COMPLETED = "COMPLETED", "completed"
    NO_SHOW = "NO_SHOW", "no-show"


class CanceledReason(TextChoices):
    """Why a booking was canceled (mod_bookings, CanceledReason); PAYMENT_FAILED is ours (OCPI: UNKNOWN)."""

    POWER_OUTAGE = "POWER_OUTAGE", "power outage"
    BROKEN_CHARGER = "BROKEN_CHARGER", "broken charger"
    FULL = "FULL", "full"
    BLOCKED = "BLOCKED", "blocked"
    TRAFFIC = "TRAFFIC", "traffic"
    BROKEN_VEHICLE = "BROKEN_VEHICLE", "broken vehicle"
    NO_CANCELED = "NO_CANCELED", "no longer needed"
    UNKNOWN = "UNKNOWN", "unknown"
    PAYMENT_FAILED = "PAYMENT_FAILED", "payment failed"
