"""Tariffs and their immutable versions."""

import copy
from typing import Any

import pytest
from django.db import InternalError, ProgrammingError, transaction

from accounts.models import Operator, User
from evbooking.core.errors import Invalid, NotFound
from stations.models import Station, Tariff, TariffVersion
from stations.services.tariffs import add_version, create_tariff, rename_tariff, restore_version
from stations.tests.trace import audited, event_data, events, last_audit, nothing_written
from tests import factories


def priced(price: float) -> dict[str, Any]:
    document = copy.deepcopy(factories.ENERGY_TARIFF)
    document["elements"][0]["price_components"][0]["price"] = price
    return document


def test_a_tariff_begins_with_version_one(operator: Operator, owner: User) -> None:
    tariff = create_tariff(operator, name="Day", document=priced(0.5), actor=owner)
    assert tariff.current
    assert (tariff.current.number, tariff.current.document["currency"]) == (1, "EUR")
    assert (last_audit().action, last_audit().target_id) == ("tariff.create", str(tariff.pk))


def test_a_change_of_price_is_the_next_version_and_stations_say_so(station: Station, owner: User) -> None:
    assert station.tariff
    since = station.last_updated
    version = add_version(station.tariff, document=priced(0.6), actor=owner)
    station.refresh_from_db()
    assert station.tariff
    assert station.tariff.current == version
    assert version.number == 2
    assert station.last_updated > since
    assert events() == [("station.changed", f"station:{station.pk}")]
    assert event_data("station.changed")["before"] == {"tariff_version": 1}
    assert event_data("station.changed")["after"] == {"tariff_version": 2}
    assert (last_audit().before or {})["version"] == 1


def test_the_same_prices_again_are_no_new_version(operator: Operator, owner: User) -> None:
    tariff = create_tariff(operator, name="Day", document=priced(0.5), actor=owner)
    assert add_version(tariff, document=priced(0.5), actor=owner).number == 1
    assert audited() == ["tariff.create"]


def test_an_old_version_is_restored_as_a_new_one(operator: Operator, owner: User) -> None:
    tariff = create_tariff(operator, name="Day", document=priced(0.5), actor=owner)
    add_version(tariff, document=priced(0.6), actor=owner)
    restored = restore_version(tariff, number=1, actor=owner)
    assert restored.number == 3
    assert restored.document == TariffVersion.objects.get(tariff=tariff, number=1).document


def test_a_version_that_was_never_given_cannot_be_restored(operator: Operator, owner: User) -> None:
    tariff = create_tariff(operator, name="Day", document=priced(0.5), actor=owner)
    with pytest.raises(NotFound):
        restore_version(tariff, number=2, actor=owner)
    assert tariff.versions.count() == 1


def test_a_version_is_immutable_even_behind_the_services(operator: Operator) -> None:
    version = factories.make_tariff(operator).current
    assert version
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        TariffVersion.objects.filter(pk=version.pk).update(document=priced(0.01))
    version.refresh_from_db()
    assert version.document == factories.ENERGY_TARIFF


def test_each_wrong_field_of_a_document_is_named(operator: Operator, owner: User) -> None:
    document = priced(-1) | {"currency": "EURO", "colour": "red"}
    with pytest.raises(Invalid) as refused:
        create_tariff(operator, name="", document=document, actor=owner)
    assert [(e.field, e.code) for e in refused.value.field_errors] == [
        ("name", "required"),
        ("currency", "too_long_text"),
        ("elements.0.price_components.0.price", "out_of_range"),
        ("colour", "unknown_field"),
    ]
    assert not Tariff.objects.exists()
    assert nothing_written()


def test_a_wrong_document_adds_no_version(station: Station, owner: User) -> None:
    assert station.tariff
    with pytest.raises(Invalid):
        add_version(station.tariff, document={}, actor=owner)
    assert station.tariff.versions.count() == 1
    assert nothing_written()


def test_a_new_name_is_audited(operator: Operator, owner: User) -> None:
    tariff = factories.make_tariff(operator)
    old = tariff.name
    rename_tariff(tariff, name="Night", actor=owner)
    tariff.refresh_from_db()
    assert tariff.name == "Night"
    assert (last_audit().before, last_audit().after) == ({"name": old}, {"name": "Night"})


def test_an_importers_tariff_exists_once_per_operator(operator: Operator, owner: User) -> None:
    create_tariff(operator, name="Day", document=priced(0.5), actor=owner, source_id="T1")
    with pytest.raises(Invalid) as refused:
        create_tariff(operator, name="Day", document=priced(0.5), actor=owner, source_id="T1")
    assert refused.value.field_errors[0].field == "source_id"
    assert Tariff.objects.count() == 1
