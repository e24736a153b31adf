"""Free time: one object that computes many stations at once, from one scan of the bookings."""

from bookings.availability.alternatives import alternatives
from bookings.availability.catalogue import offer_now, offers_at
from bookings.availability.offer import Offer, Plug, Unit
from bookings.availability.prices import energy_price_from, slot_price, slot_prices
from bookings.availability.slots import Availability, FreeSlots, free_slots
from bookings.availability.window import Window
from bookings.availability.wishes import Fitting, Wish, fittings_of, usable_units

__all__ = [
    "Availability",
    "Fitting",
    "FreeSlots",
    "Offer",
    "Plug",
    "Unit",
    "Window",
    "Wish",
    "alternatives",
    "energy_price_from",
    "fittings_of",
    "free_slots",
    "offer_now",
    "offers_at",
    "slot_price",
    "slot_prices",
    "usable_units",
]
