"""`manage.py import_stations` as a person runs it."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from accounts.models import Operator, User
from bookings.services.hold import hold_slot
from evbooking.core.models import AuditEntry, DomainEvent
from stations.models import EVSE, Station, Tariff
from stations.tests.importing.files import collection, feature, location, written

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def run(*arguments: str, file_format: str = "hamburg-geojson") -> tuple[str, str]:
    """Standard output and error."""
    out, err = StringIO(), StringIO()
    call_command("import_stations", *arguments, f"--format={file_format}", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def refused(*arguments: str, **options: Any) -> str:
    """Why the command refused; that it was one line and that nothing was written."""
    with pytest.raises(CommandError) as refusal:
        run(*arguments, **options)
    assert "\n" not in str(refusal.value)
    assert nothing_written()
    return str(refusal.value)


def nothing_written() -> bool:
    models = (Station, EVSE, Tariff, AuditEntry, DomainEvent)
    return not any(model.objects.exists() for model in models)


@pytest.fixture
def sites(tmp_path: Path) -> str:
    return written(tmp_path, collection(feature(12), feature(13)))


def test_an_approved_import_can_be_booked_at_once(
    operator: Operator, administrator: User, driver: User, sites: str
) -> None:
    with time_machine.travel(NOW, tick=False):
        out, err = run(sites, "--operator", operator.name, "--approve", "--actor", "Admin@example.com")
        station = Station.objects.public().get(source_id="12")
        start, end = NOW.replace(hour=12), NOW.replace(hour=13)
        booking = hold_slot(driver, station=station, start=start, end=end)
    assert (booking.status, booking.station, booking.total_amount) == ("HELD", station, Decimal("5.39"))
    assert out.startswith("2 created, 0 updated, 0 unchanged, 0 rejected (0 parts left out).\n2 published.\n")
    assert err == ""


def test_the_licence_of_the_data_is_told(operator: Operator, sites: str) -> None:
    out, _ = run(sites, "--operator", str(operator.pk))
    assert "dl-de/by-2-0" in out
    assert "© OpenStreetMap contributors, ODbL" in out


def test_without_approval_stations_are_drafts(operator: Operator, sites: str) -> None:
    run(sites, "--operator", str(operator.pk))
    assert list(Station.objects.values_list("approval", flat=True)) == ["DRAFT", "DRAFT"]


def test_drafts_are_published_by_a_later_run(operator: Operator, administrator: User, sites: str) -> None:
    run(sites, "--operator", operator.name)
    out, _ = run(sites, "--operator", operator.name, "--approve", "--actor", administrator.email)
    assert out.startswith("0 created, 0 updated, 2 unchanged, 0 rejected (0 parts left out).\n2 published.\n")


def test_a_dry_run_counts_and_writes_nothing(operator: Operator, administrator: User, sites: str) -> None:
    out, _ = run(sites, "--operator", operator.name, "--dry-run", "--approve", "--actor", administrator.email)
    assert out.startswith("2 created, 0 updated, 0 unchanged, 0 rejected (0 parts left out).\n2 published.\n")
    assert "Nothing was written: this was a dry run." in out
    assert nothing_written()


def test_rejects_are_listed_with_their_reasons(operator: Operator, tmp_path: Path) -> None:
    sites = written(tmp_path, collection(feature(12), feature(13, 1.0, 2.0), feature(None)))
    out, err = run(sites, "--operator", operator.name)
    assert out.startswith("1 created, 0 updated, 0 unchanged, 2 rejected")
    assert err.splitlines() == [
        "rejected: site 13: the point 1, 2 lies outside the area of the CRS",
        'rejected: feature 3: there is no "location_id", a whole number or a text',
    ]


def test_sessions_and_defaults_are_read_from_their_files(operator: Operator, tmp_path: Path) -> None:
    sites = written(tmp_path, collection(feature(12), feature(13)))
    sessions = written(tmp_path, "charger_id,location_id\n900,12\n", "sessions.csv")
    defaults = written(tmp_path, {"evses": 3}, "defaults.json")
    run(sites, "--operator", operator.name, "--sessions", sessions, "--defaults", defaults)
    assert sorted(EVSE.objects.values_list("uid", flat=True)) == ["13-1", "13-2", "13-3", "900"]


def test_ocpi_locations_are_imported(operator: Operator, tmp_path: Path) -> None:
    out, _ = run(written(tmp_path, [location()]), "--operator", operator.name, file_format="ocpi-locations")
    assert out == "1 created, 0 updated, 0 unchanged, 0 rejected (0 parts left out).\n"
    assert Station.objects.get().name == "Quai du Rhône"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            '{"type": "FeatureCollection", "features": [{"type": "Fe',
            "It seems to be cut off: fetch it again.",
        ),
        ('{"type": "FeatureCollection", "features": [NaN]}', "JSON has no NaN"),
        (collection(feature(1), crs="EPSG:25832"), "is none of EPSG:3035, EPSG:4326, CRS84"),
        (collection(feature(1), crs=None), '"crs" is missing'),
        (collection(*[0] * 1_000_000), "holds 1,000,000 records, more than 20,000"),
        (collection(), "Nothing could be imported: the file holds no usable station."),
        (collection(feature(None)), "Nothing could be imported: the file holds no usable station."),
        ("no json", "The file is not JSON"),
    ],
    ids=["truncated", "NaN", "wrong CRS", "no CRS", "a million", "empty", "all rejected", "no JSON"],
)
def test_a_file_that_cannot_be_used_changes_nothing(
    operator: Operator, tmp_path: Path, document: Any, said: str
) -> None:
    assert said in refused(written(tmp_path, document), "--operator", operator.name)


def test_an_operator_that_is_not_there_is_told_with_those_that_are(operator: Operator, sites: str) -> None:
    assert refused(sites, "--operator", "Nordstorm") == (
        "There is no operator 'Nordstorm'. There are: Nordstrom Charging."
    )


def test_of_two_operators_of_a_name_the_id_is_asked_for(operator: Operator, sites: str) -> None:
    Operator.objects.create(name=operator.name)
    assert "give the id of one" in refused(sites, "--operator", operator.name)


def test_approval_needs_an_administrator(operator: Operator, owner: User, sites: str) -> None:
    assert "needs --actor" in refused(sites, "--operator", operator.name, "--approve")
    by_owner = refused(sites, "--operator", operator.name, "--approve", "--actor", owner.email)
    assert by_owner == "owner@example.com is no administrator, and only administrators approve stations."
    nobody = refused(sites, "--operator", operator.name, "--approve", "--actor", "nobody@example.com")
    assert nobody == "Nobody signs in as 'nobody@example.com'."


def test_sessions_go_with_hamburg_only(operator: Operator, sites: str) -> None:
    said = refused(sites, "--operator", operator.name, "--sessions", sites, file_format="ocpi-locations")
    assert said == "ocpi-locations files go without --sessions."


def test_a_suspended_operator_is_told(operator: Operator, sites: str) -> None:
    Operator.objects.update(status=Operator.Status.SUSPENDED)
    _, err = run(sites, "--operator", operator.name)
    assert err == "Nordstrom Charging is suspended: its stations cannot be booked.\n"
