"""EVSEs, their connectors and parking places."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from evbooking.core.errors import Invalid, WrongState
from stations.models import EVSE, Station
from stations.services.editing import (
    add_evse,
    add_parking_place,
    remove_evse,
    remove_parking_place,
    set_connectors,
    update_evse,
    update_parking_place,
)
from stations.services.fields import ConnectorFields
from stations.tests.trace import audited, event_data, events, last_audit, nothing_written
from tests import factories

TYPE_2: ConnectorFields = {
    "standard": "IEC_62196_T2",
    "power_type": "AC_3_PHASE",
    "max_power_kw": Decimal("22"),
}
CCS: ConnectorFields = {
    "standard": "IEC_62196_T2_COMBO",
    "power_type": "DC",
    "max_voltage": 400,
    "max_amperage": 125,
}


def test_an_evse_is_added_with_its_connectors(station: Station, owner: User) -> None:
    evse = add_evse(station, actor=owner, uid="DE*NOR*E1", physical_reference="7", connectors=[TYPE_2, CCS])
    first, second = evse.connectors.all()
    assert (first.connector_id, first.max_electric_power, first.max_voltage, first.max_amperage) == (
        "1",
        22_000,
        230,
        32,
    )
    assert (second.connector_id, second.max_electric_power, second.format) == ("2", 50_000, "SOCKET")
    assert events() == [("station.changed", f"station:{station.pk}")]
    assert event_data("station.changed")["evse_uid"] == "DE*NOR*E1"
    assert (last_audit().action, last_audit().target_id) == ("evse.add", str(evse.pk))


def test_an_evse_without_uid_gets_one_of_its_own(station: Station, owner: User) -> None:
    one, other = add_evse(station, actor=owner), add_evse(station, actor=owner)
    assert one.uid.startswith("EVB")
    assert len(one.uid) == 15
    assert one.uid != other.uid


def test_a_uid_is_never_given_twice_even_after_its_evse_is_gone(station: Station, owner: User) -> None:
    remove_evse(add_evse(station, actor=owner, uid="E1"), actor=owner)
    elsewhere = factories.make_station()
    with pytest.raises(Invalid) as refused:
        add_evse(elsewhere, actor=owner, uid="E1")
    assert refused.value.field_errors[0].field == "uid"
    assert EVSE.objects.filter(uid="E1").count() == 1
    assert elsewhere.evses.count() == 1


@pytest.mark.parametrize("uid", ["E 1", "E/1", "x" * 37, "Ü1", "E\x001"])
def test_a_uid_that_does_not_fit_an_address_is_refused(station: Station, owner: User, uid: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_evse(station, actor=owner, uid=uid)
    assert refused.value.field_errors[0].field == "uid"
    assert station.evses.count() == 2


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"standard": "SCHUKO"}, "connectors.0.standard", "invalid"),
        ({"standard": "CHADEMO"}, "connectors.0.power_type", "invalid"),
        ({"power_type": "DC", "standard": "DOMESTIC_F"}, "connectors.0.power_type", "invalid"),
        ({"max_power_kw": None}, "connectors.0.max_power_kw", "required"),
        ({"max_power_kw": Decimal(0)}, "connectors.0.max_power_kw", "out_of_range"),
        ({"max_power_kw": Decimal(5001)}, "connectors.0.max_power_kw", "out_of_range"),
        ({"id": "x" * 37}, "connectors.0.id", "too_long_text"),
    ],
)
def test_an_impossible_connector_is_refused(
    station: Station, owner: User, change: dict[str, Any], field: str, code: str
) -> None:
    evse = station.evses.all()[0]
    connector: Any = {**TYPE_2, **change}
    with pytest.raises(Invalid) as refused:
        set_connectors(evse, connectors=[connector], actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [(field, code)]
    assert evse.connectors.get().max_electric_power == 11_000
    assert nothing_written()


def test_connectors_are_replaced_as_a_list(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    set_connectors(evse, connectors=[{**CCS, "id": "A"}], actor=owner)
    assert [(c.connector_id, c.standard) for c in evse.connectors.all()] == [("A", "IEC_62196_T2_COMBO")]
    assert audited() == ["evse.connectors"]
    assert EVSE.objects.get(pk=evse.pk).last_updated > evse.last_updated


def test_the_same_connectors_again_write_nothing(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    same: ConnectorFields = {
        "standard": "IEC_62196_T2",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 16,
        "max_power_kw": Decimal(11),
    }
    set_connectors(evse, connectors=[same], actor=owner)
    assert nothing_written()


def test_two_connectors_of_one_id_are_refused(station: Station, owner: User) -> None:
    with pytest.raises(Invalid) as refused:
        add_evse(station, actor=owner, connectors=[{**TYPE_2, "id": "A"}, {**CCS, "id": "A"}])
    assert refused.value.field_errors[0].field == "connectors.1.id"
    assert station.evses.count() == 2
    assert nothing_written()


def test_an_evse_changed_in_nothing_keeps_its_time_and_its_stations(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    station.refresh_from_db()
    update_evse(evse, actor=owner, physical_reference=evse.physical_reference, parking_places=[])
    assert EVSE.objects.get(pk=evse.pk).last_updated == evse.last_updated
    assert Station.objects.get(pk=station.pk).revision == station.revision
    assert nothing_written()


def test_an_evse_can_be_kept_for_walk_ins(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    update_evse(evse, actor=owner, walk_in_only=True)
    assert station.evses.bookable().count() == 1
    assert event_data("station.changed")["after"] == {"walk_in_only": True}


def test_a_removed_evse_is_gone_but_remembered(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    since = station.last_updated
    remove_evse(evse, actor=owner)
    station.refresh_from_db()
    assert station.evses.present().count() == 1
    assert EVSE.objects.filter(pk=evse.pk).exists()
    assert station.last_updated > since
    assert events() == [
        ("evse.out_of_service", f"evse:{evse.uid}"),
        ("evse.status", f"evse:{evse.uid}"),
        ("station.changed", f"station:{station.pk}"),
    ]
    assert event_data("evse.status")["after"]["status"] == "REMOVED"


def test_a_removed_evse_cannot_be_changed(station: Station, owner: User) -> None:
    evse = station.evses.all()[0]
    remove_evse(evse, actor=owner)
    with pytest.raises(WrongState):
        remove_evse(evse, actor=owner)
    with pytest.raises(WrongState):
        update_evse(evse, actor=owner, walk_in_only=True)
    assert audited() == ["evse.remove"]


def test_parking_places_are_added_changed_and_removed(station: Station, owner: User) -> None:
    place = add_parking_place(station, actor=owner, physical_reference="P1", vehicle_types=["DISABLED"])
    evse = update_evse(station.evses.all()[0], actor=owner, parking_places=[place])
    assert place.is_disabled_bay
    assert list(evse.parking_places.all()) == [place]
    assert update_parking_place(place, actor=owner, max_vehicle_height=210).max_vehicle_height == 210
    remove_parking_place(place, actor=owner)
    assert not evse.parking_places.exists()
    assert audited() == ["parking.add", "evse.update", "parking.update", "parking.remove"]


def test_a_parking_place_of_another_station_is_refused(station: Station, owner: User) -> None:
    foreign = add_parking_place(factories.make_station(), actor=owner, physical_reference="P1")
    with pytest.raises(Invalid) as refused:
        add_evse(station, actor=owner, parking_places=[foreign])
    assert refused.value.field_errors[0].field == "parking_places"
    assert station.evses.count() == 2
