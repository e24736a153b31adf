"""Booking terms: what an operator may ask of drivers."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from evbooking.core.errors import Invalid
from stations.models import BookingTerms, Station
from stations.services.editing import set_terms
from stations.tests.trace import event_data, last_audit, nothing_written


def test_changed_terms_are_audited_and_announced(station: Station, owner: User) -> None:
    set_terms(station, actor=owner, buffer_minutes=10, noshow_fee_amount=Decimal("2.50"))
    terms = BookingTerms.objects.get(station=station)
    assert (terms.buffer_minutes, terms.noshow_fee_amount) == (10, Decimal("2.500"))
    assert event_data("station.changed")["before"] == {"buffer_minutes": 0, "noshow_fee_amount": "0"}
    assert event_data("station.changed")["after"] == {"buffer_minutes": 10, "noshow_fee_amount": "2.5"}
    assert last_audit().action == "station.terms"


def test_the_same_terms_again_write_nothing(station: Station, owner: User) -> None:
    set_terms(station, actor=owner, buffer_minutes=0)
    assert nothing_written()


def test_a_station_without_terms_gets_the_defaults(station: Station, owner: User) -> None:
    BookingTerms.objects.filter(station=station).delete()
    station.refresh_from_db()
    assert set_terms(station, actor=owner).timeslot_increment_minutes == 15
    assert BookingTerms.objects.filter(station=station).exists()
    assert last_audit().action == "station.terms"


def test_the_table_itself_refuses_a_deposit_of_nothing(station: Station) -> None:
    with pytest.raises(IntegrityError, match="terms_deposit_has_an_amount"), transaction.atomic():
        BookingTerms.objects.filter(station=station).update(security="DEPOSIT")
    assert BookingTerms.objects.get(station=station).security == "AUTHORISATION"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"timeslot_increment_minutes": 7}, "timeslot_increment_minutes", "invalid"),
        ({"max_booking_duration": 2881}, "max_booking_duration", "out_of_range"),
        ({"max_booking_duration": 10, "min_booking_duration": 10}, "min_booking_duration", "invalid"),
        ({"min_booking_duration": 600}, "max_booking_duration", "out_of_range"),
        ({"booking_horizon_minutes": 5}, "booking_horizon_minutes", "out_of_range"),
        ({"late_cancel_share": 101}, "late_cancel_share", "out_of_range"),
        ({"noshow_fee_amount": Decimal(-1)}, "noshow_fee_amount", "out_of_range"),
        ({"max_open_bookings_per_driver": 0}, "max_open_bookings_per_driver", "out_of_range"),
        ({"payment": "LATER"}, "payment", "invalid"),
        ({"security": "TRUST"}, "security", "invalid"),
        ({"security": "DEPOSIT"}, "deposit_amount", "out_of_range"),
        ({"deposit_amount": Decimal(-1)}, "deposit_amount", "out_of_range"),
        ({"estimate_buffer_share": 101}, "estimate_buffer_share", "out_of_range"),
    ],
)
def test_impossible_terms_are_refused(
    station: Station, owner: User, changes: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        set_terms(station, actor=owner, **changes)
    assert (refused.value.field_errors[0].field, refused.value.field_errors[0].code) == (field, code)
    assert BookingTerms.objects.get(station=station).max_booking_duration == 480
    assert nothing_written()
