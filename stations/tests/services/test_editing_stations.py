"""Creating stations and changing what is said about them."""

import math
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Operator, User
from evbooking.core.errors import FieldError, Invalid
from stations.models import BookingTerms, Station
from stations.services.editing import create_station, update_station
from stations.tests.trace import audited, event_data, events, last_audit, nothing_written
from tests import factories

ALSTER: dict[str, Any] = {
    "name": "Alster Süd",
    "address": "Jungfernstieg 1",
    "city": "Hamburg",
    "country": "DEU",
    "latitude": 53.5534,
    "longitude": 9.9921,
    "time_zone": "Europe/Berlin",
}


def violations(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refused.value.field_errors]


def test_a_new_station_is_a_draft_with_default_terms_and_a_slug(operator: Operator, owner: User) -> None:
    station = create_station(operator, actor=owner, **ALSTER)
    station.refresh_from_db()
    assert station.approval == Station.Approval.DRAFT
    assert station.slug == "alster-sud-hamburg"
    assert station.opening_times == {"twentyfourseven": True}
    assert BookingTerms.objects.get(station=station).payment == BookingTerms.Payment.ON_SITE
    assert events() == [("station.changed", f"station:{station.pk}")]
    assert event_data("station.changed")["after"]["name"] == "Alster Süd"
    assert event_data("station.changed")["actor"] == str(owner.pk)
    assert (last_audit().action, last_audit().actor_id) == ("station.create", owner.pk)


def test_stations_of_one_name_get_numbered_slugs(operator: Operator, owner: User) -> None:
    slugs = [create_station(operator, actor=owner, **ALSTER).slug for _ in range(3)]
    assert slugs == ["alster-sud-hamburg", "alster-sud-hamburg-2", "alster-sud-hamburg-3"]


def test_a_name_without_latin_letters_gets_a_plain_slug(operator: Operator, owner: User) -> None:
    station = create_station(operator, actor=owner, **(ALSTER | {"name": "充電", "city": "東京"}))
    assert station.slug == "station"


def test_every_missing_field_is_named(operator: Operator, owner: User) -> None:
    with pytest.raises(Invalid) as refused:
        create_station(operator, actor=owner)
    required = ["name", "city", "country", "latitude", "longitude", "time_zone"]
    assert violations(refused) == [(name, "required") for name in required]
    assert not Station.objects.exists()
    assert nothing_written()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "x" * 121, "too_long_text"),
        ("name", "nul\x00", "invalid"),
        ("description", "x" * 2001, "too_long_text"),
        ("country", "DE", "invalid"),
        ("country", "XXX", "invalid"),
        ("latitude", 90.1, "out_of_range"),
        ("latitude", math.nan, "out_of_range"),
        ("longitude", -math.inf, "out_of_range"),
        ("time_zone", "Europe/Hamburg", "invalid"),
        ("facilities", ["SWIMMING_POOL"], "invalid"),
        ("parking_type", "IN_THE_AIR", "invalid"),
    ],
)
def test_a_wrong_value_is_named_and_changes_nothing(
    station: Station, owner: User, field: str, value: Any, code: str
) -> None:
    before = getattr(station, field)
    with pytest.raises(Invalid) as refused:
        update_station(station, actor=owner, **{field: value})
    station.refresh_from_db()
    assert violations(refused) == [(field, code)]
    assert getattr(station, field) == before
    assert nothing_written()


def test_wrong_opening_hours_are_named_by_their_place(station: Station, owner: User) -> None:
    hours = {
        "twentyfourseven": False,
        "regular_hours": [{"weekday": 8, "period_begin": "07:00", "period_end": "25:00"}],
    }
    with pytest.raises(Invalid) as refused:
        update_station(station, actor=owner, opening_times=hours)
    assert violations(refused) == [
        ("opening_times.regular_hours.0.weekday", "out_of_range"),
        ("opening_times.regular_hours.0.period_end", "invalid"),
    ]
    assert nothing_written()


def test_a_change_is_audited_and_announced_with_old_and_new_values(station: Station, owner: User) -> None:
    since = station.last_updated
    updated = update_station(station, actor=owner, name="Binnenalster", city="Hamburg")
    station.refresh_from_db()
    data = event_data("station.changed")
    assert (updated.name, station.name) == ("Binnenalster", "Binnenalster")
    assert station.approval == Station.Approval.APPROVED
    assert station.last_updated > since
    assert (data["before"]["name"], data["after"]) == (data["before"]["name"], {"name": "Binnenalster"})
    assert (last_audit().before, last_audit().after) == (data["before"], data["after"])


def test_what_changes_nothing_writes_nothing(station: Station, owner: User) -> None:
    station.refresh_from_db()
    since = station.last_updated
    update_station(station, actor=owner, name=station.name, facilities=[])
    station.refresh_from_db()
    assert station.last_updated == since
    assert nothing_written()


def test_what_a_person_states_is_no_longer_assumed(operator: Operator, owner: User) -> None:
    station = create_station(operator, actor=owner, **ALSTER, assumed=["opening_times", "address"])
    assert update_station(station, actor=owner, address="Neuer Wall 2").assumed == ["opening_times"]


def test_another_operators_tariff_is_refused(station: Station, owner: User) -> None:
    foreign = factories.make_tariff(factories.make_operator())
    with pytest.raises(Invalid) as refused:
        update_station(station, actor=owner, tariff=foreign)
    station.refresh_from_db()
    assert refused.value.field_errors == [
        FieldError("tariff", "invalid", "This is no tariff of the station's operator.")
    ]
    assert station.tariff != foreign


def test_an_importers_place_exists_once_per_operator(operator: Operator, owner: User) -> None:
    create_station(operator, actor=owner, **ALSTER, source_id="4711")
    with pytest.raises(Invalid) as refused:
        create_station(operator, actor=owner, **ALSTER, source_id="4711")
    assert violations(refused) == [("source_id", "invalid")]
    assert Station.objects.count() == 1


def test_a_rollback_leaves_neither_event_nor_audit(operator: Operator, owner: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        create_station(operator, actor=owner, **ALSTER)
        _ = 1 / 0
    assert audited() == []
    assert events() == []
