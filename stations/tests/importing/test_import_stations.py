"""What an import writes, and what it leaves alone when it is run again."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Operator, User
from evbooking.core.errors import Forbidden
from evbooking.core.models import AuditEntry, DomainEvent
from stations.importing import Parsed, UnusableSource, read_defaults
from stations.importing.hamburg_geojson import Chargers
from stations.importing.hamburg_geojson import parse as parse_hamburg
from stations.importing.ocpi_locations import parse as parse_ocpi
from stations.models import EVSE, ApprovalStep, Connector, Station, Tariff
from stations.services.editing import remove_evse, set_terms, update_station
from stations.services.importing import Imported, import_stations, publish_stations
from stations.services.tariffs import create_tariff
from stations.tests.importing.files import collection, connector, evse, feature, location
from stations.tests.trace import audited, events
from tests import factories

pytestmark = pytest.mark.django_db


def load(operator: Operator, parsed: Parsed, defaults: bytes | None = None) -> Imported:
    return import_stations(
        operator,
        parsed=parsed,
        defaults=read_defaults(defaults),
        actor=None,
        source="sites.json",
        progress=lambda count: None,
    )


def hamburg(*ids: int, chargers: Chargers | None = None) -> Parsed:
    return parse_hamburg(collection(*map(feature, ids)), chargers)


def ocpi(**fields: Any) -> Parsed:
    return parse_ocpi(location(**fields))


def counts(imported: Imported) -> tuple[int, int, int]:
    return len(imported.created), len(imported.updated), len(imported.unchanged)


def state() -> list[Any]:
    """Everything that a change would move."""
    rows = [list(model.objects.order_by("pk").values()) for model in (Station, EVSE, Connector, Tariff)]
    return [*rows, AuditEntry.objects.count(), DomainEvent.objects.count()]


def test_a_site_of_hamburg_becomes_a_draft_with_what_it_lacks_assumed(operator: Operator) -> None:
    assert counts(load(operator, hamburg(12))) == (1, 0, 0)
    station = Station.objects.get()
    assert (station.name, station.slug, station.city) == ("Hamburg 12", "hamburg-12-hamburg", "Hamburg")
    assert (station.country, station.time_zone, station.approval) == ("DEU", "Europe/Berlin", "DRAFT")
    assert station.opening_times == {"twentyfourseven": True}
    assert station.assumed == ["name", "opening_times", "tariff", "booking_terms", "evses", "connectors"]
    assert station.tariff is not None
    assert station.tariff.source_id == "import-default"
    assert station.terms.payment == "ON_SITE"
    first, second = station.evses.all()
    assert (first.uid, second.uid) == ("12-1", "12-2")
    assert [str(one) for one in first.connectors.all()] == ["Type 2 11 kW"]


def test_audit_and_events_are_those_of_any_edit(operator: Operator) -> None:
    load(operator, hamburg(12))
    station = Station.objects.get()
    assert audited() == ["tariff.create", "station.create", "evse.add", "evse.add", "stations.import"]
    assert events() == [("station.changed", f"station:{station.pk}")] * 3
    assert list(DomainEvent.objects.order_by("id").values_list("sequence", flat=True)) == [1, 2, 3]
    created = AuditEntry.objects.get(action="station.create")
    assert created.target_id == str(station.pk)
    assert created.after is not None
    assert (created.after["name"], created.after["slug"]) == ("Hamburg 12", "hamburg-12-hamburg")
    imported = AuditEntry.objects.get(action="stations.import")
    assert imported.after == {"source": "sites.json", "created": 1, "updated": 0}


def test_running_it_again_changes_nothing(operator: Operator) -> None:
    files = (
        lambda: hamburg(1, 2, 3, chargers={"2": ("77", "88")}),
        lambda: ocpi(
            facilities=["WIFI"],
            parking_places=[{"id": "P", "vehicle_types": ["VAN"]}],
            evses=[evse(parking=[{"parking_id": "P"}], connectors=[connector(), connector(id="2")])],
        ),
    )
    for read in files:
        load(operator, read())
    before = state()
    assert [counts(load(operator, read())) for read in files] == [(0, 0, 3), (0, 0, 1)]
    assert state() == before


def test_a_changed_record_updates_only_what_changed(operator: Operator) -> None:
    load(operator, parse_ocpi([location(), location(id="LYO2", evses=[evse("E2")])]))
    other = Station.objects.get(source_id="LYO2")
    audits = AuditEntry.objects.count()
    changed = location(address="Quai Claude Bernard 1", evses=[evse(connectors=[connector(max_amperage=16)])])
    result = load(operator, parse_ocpi([changed, location(id="LYO2", evses=[evse("E2")])]))
    assert counts(result) == (0, 1, 1)
    assert audited()[audits:] == ["station.update", "evse.update", "stations.import"]
    update = AuditEntry.objects.get(action="station.update")
    assert (update.before, update.after) == (
        {"address": "Quai Victor Augagneur 12"},
        {"address": "Quai Claude Bernard 1"},
    )
    assert Connector.objects.get(evse__uid="E1").max_electric_power == 11_040
    assert Station.objects.get(source_id="LYO2").revision == other.revision


def test_what_a_person_made_of_the_assumed_stays(operator: Operator, owner: User) -> None:
    load(operator, hamburg(12))
    station = Station.objects.get()
    tariff = factories.make_tariff(operator)
    update_station(station, actor=owner, name="Dammtor", tariff=tariff)
    set_terms(station, actor=owner, buffer_minutes=15)
    assert counts(load(operator, hamburg(12))) == (0, 0, 1)
    station = Station.objects.get()
    assert (station.name, station.tariff, station.terms.buffer_minutes) == ("Dammtor", tariff, 15)
    assert station.assumed == ["opening_times", "booking_terms", "evses", "connectors"]


def test_chargers_that_become_known_replace_the_assumed_evses(operator: Operator) -> None:
    load(operator, hamburg(12))
    assert counts(load(operator, hamburg(12, chargers={"12": ("900", "8590", "8591")}))) == (0, 1, 0)
    station = Station.objects.get()
    present = station.evses.filter(removed_at=None).order_by("uid")
    assert [one.uid for one in present] == ["8590", "8591", "900"]
    assert station.assumed == ["name", "opening_times", "tariff", "booking_terms", "connectors"]
    assert counts(load(operator, hamburg(12))) == (0, 0, 1)


def test_a_uid_that_is_taken_gets_the_location_before_it_and_is_found_again(operator: Operator) -> None:
    factories.make_evse(factories.make_station(operator, evses=0)).__class__.objects.update(uid="E1")
    parsed = [location(), location(id="LYO2")]
    load(operator, parse_ocpi(parsed))
    uids = EVSE.objects.filter(station__source_id__isnull=False).order_by("uid")
    assert [one.uid for one in uids] == ["LYO1:E1", "LYO2:E1"]
    assert counts(load(operator, parse_ocpi(parsed))) == (0, 0, 2)


def test_two_operators_may_import_the_same_file(operator: Operator) -> None:
    rival = factories.make_operator("Rival")
    load(operator, ocpi())
    load(rival, ocpi())
    assert counts(load(rival, ocpi())) == (0, 0, 1)
    assert sorted(EVSE.objects.values_list("uid", flat=True)) == ["E1", "LYO1:E1"]
    assert sorted(Station.objects.values_list("slug", flat=True)) == [
        "quai-du-rhone-lyon",
        "quai-du-rhone-lyon-2",
    ]


def test_an_evse_the_file_calls_removed_is_taken_off(operator: Operator) -> None:
    load(operator, ocpi(evses=[evse(), evse("E2")]))
    gone = {"uid": "E2", "status": "REMOVED"}
    assert counts(load(operator, ocpi(evses=[evse(), gone]))) == (0, 1, 0)
    assert [one.uid for one in EVSE.objects.filter(removed_at=None)] == ["E1"]
    assert counts(load(operator, ocpi(evses=[evse(), gone]))) == (0, 0, 1)


def test_an_evse_that_a_person_removed_does_not_come_back(operator: Operator, owner: User) -> None:
    load(operator, ocpi(evses=[evse(), evse("E2")]))
    remove_evse(EVSE.objects.get(uid="E2"), actor=owner)
    assert counts(load(operator, ocpi(evses=[evse(), evse("E2")]))) == (0, 0, 1)
    assert EVSE.objects.get(uid="E2").removed_at is not None


def test_an_evse_and_a_bay_that_are_new_in_the_file_are_added(operator: Operator) -> None:
    load(operator, ocpi())
    second = evse("E2", parking=[{"parking_id": "P"}])
    places = [{"id": "P", "physical_reference": "B1", "vehicle_types": ["DISABLED"]}]
    assert counts(load(operator, ocpi(evses=[evse(), second], parking_places=places))) == (0, 1, 0)
    (bay,) = EVSE.objects.get(uid="E2").parking_places.all()
    assert (bay.physical_reference, bay.is_disabled_bay) == ("B1", True)
    places[0]["physical_reference"] = "B2"
    assert counts(load(operator, ocpi(evses=[evse(), second], parking_places=places))) == (0, 1, 0)
    bay.refresh_from_db()
    assert bay.physical_reference == "B2"


def test_the_operators_tariff_of_the_same_id_is_used(operator: Operator, owner: User) -> None:
    tariff = create_tariff(
        operator, name="Day", document=factories.ENERGY_TARIFF, actor=owner, source_id="11"
    )
    load(operator, ocpi(evses=[evse(connectors=[connector(tariff_ids=["9", "11"])])]))
    station = Station.objects.get()
    assert station.tariff == tariff
    assert station.assumed == ["opening_times", "booking_terms"]


def test_connectors_that_break_a_rule_and_evses_without_any_are_left_out(operator: Operator) -> None:
    dc = connector(id="2", standard="CHADEMO")
    result = load(operator, ocpi(evses=[evse(connectors=[connector(), dc]), evse("E2", connectors=[dc])]))
    assert [str(reject) for reject in result.rejects] == [
        "location LYO1, EVSE E1, connector 2: power_type: CHAdeMO is DC only.",
        "location LYO1, EVSE E2, connector 2: power_type: CHAdeMO is DC only.",
        "location LYO1, EVSE E2: it has no usable connector",
    ]
    assert [one.uid for one in EVSE.objects.all()] == ["E1"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"country": "FR"}, "country: This must be an ISO 3166-1 alpha-3 code such as DEU."),
        ({"time_zone": "Europe/Lyon"}, "time_zone: Choose an IANA time zone such as Europe/Berlin."),
        ({"evses": []}, "it has no usable EVSE"),
    ],
)
def test_a_record_that_breaks_a_rule_is_rejected_and_the_others_are_written(
    operator: Operator, fields: dict[str, Any], said: str
) -> None:
    result = load(operator, parse_ocpi([location(**fields), location(id="LYO2")]))
    assert [str(reject) for reject in result.rejects] == [f"location LYO1: {said}"]
    assert [one.source_id for one in Station.objects.all()] == ["LYO2"]


def test_a_record_that_can_no_longer_be_accepted_leaves_its_station_as_it_is(operator: Operator) -> None:
    load(operator, ocpi())
    before = state()
    result = load(operator, ocpi(country="FR", evses=[evse(), evse("E2")]))
    assert (counts(result), len(result.rejects)) == ((0, 0, 0), 1)
    assert state() == before


def test_defaults_that_break_a_rule_are_refused_and_nothing_is_written(operator: Operator) -> None:
    with pytest.raises(
        UnusableSource, match=r"cannot be used: min_booking_duration: This must be a multiple"
    ):
        load(operator, hamburg(1), b'{"booking_terms": {"min_booking_duration": 17}}')
    assert state() == [[], [], [], [], 0, 0]


def test_defaults_of_a_file_are_those_of_new_stations(operator: Operator) -> None:
    defaults = b'{"evses": 1, "booking_terms": {"noshow_fee_amount": 5, "buffer_minutes": 10}}'
    load(operator, hamburg(1), defaults)
    station = Station.objects.get()
    assert station.evses.count() == 1
    assert (station.terms.noshow_fee_amount, station.terms.buffer_minutes) == (Decimal(5), 10)


def test_published_stations_have_their_history(operator: Operator, administrator: User) -> None:
    imported = load(operator, hamburg(1, 2))
    before = len(audited())
    published, rejects = publish_stations(imported.stations, actor=administrator)
    assert (len(published), rejects) == (2, [])
    station = Station.objects.get(source_id="1")
    assert station.approval == "APPROVED"
    assert list(station.approval_steps.values_list("from_state", "to_state", "actor")) == [
        ("DRAFT", "SUBMITTED", administrator.pk),
        ("SUBMITTED", "APPROVED", administrator.pk),
    ]
    assert sorted(audited()[before:]) == ["station.approved"] * 2 + ["station.submitted"] * 2
    subject = f"station:{station.pk}"
    own = [type_ for type_, subject_ in events() if subject_ == subject]
    assert own[-2:] == ["station.submitted", "station.approved"]
    assert publish_stations(imported.stations, actor=administrator) == ([], [])


@pytest.mark.parametrize("approval", ["REJECTED", "SUSPENDED"])
def test_what_an_administrator_decided_stands(operator: Operator, administrator: User, approval: str) -> None:
    imported = load(operator, hamburg(1))
    Station.objects.update(approval=approval)
    assert publish_stations(imported.stations, actor=administrator) == ([], [])
    assert Station.objects.get().approval == approval


def test_an_incomplete_station_is_not_published(operator: Operator, administrator: User) -> None:
    imported = load(operator, hamburg(1))
    Station.objects.update(tariff=None)
    published, rejects = publish_stations(imported.stations, actor=administrator)
    assert published == []
    assert [str(one) for one in rejects] == ["Hamburg 1 (1): not published: Choose a tariff."]
    assert (Station.objects.get().approval, ApprovalStep.objects.count()) == ("DRAFT", 0)


def test_only_administrators_publish(operator: Operator, owner: User) -> None:
    imported = load(operator, hamburg(1))
    with pytest.raises(Forbidden):
        publish_stations(imported.stations, actor=owner)
    assert (Station.objects.get().approval, ApprovalStep.objects.count()) == ("DRAFT", 0)
