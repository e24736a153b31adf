"""The real files, where they lie beside the checkout."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Operator, User
from stations.importing.ocpi_locations import parse
from stations.models import EVSE, Station

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
SITES = DATA / "hamburg" / "charging_sites.geojson"
SESSIONS = DATA / "hamburg" / "charging_processes_until_2020-02-25.csv"
LOCATIONS = sorted((DATA / "ocpi" / "examples").glob("location_example*.json"))


@pytest.mark.skipif(not SITES.exists(), reason=f"{SITES} is not there")
def test_all_sites_of_hamburg_are_imported_and_published(operator: Operator, administrator: User) -> None:
    call_command(
        "import_stations",
        str(SITES),
        f"--sessions={SESSIONS}",
        "--format=hamburg-geojson",
        f"--operator={operator.name}",
        "--approve",
        f"--actor={administrator.email}",
    )
    assert (Station.objects.public().count(), EVSE.objects.bookable().count()) == (399, 792)
    first = Station.objects.get(source_id="2")
    assert (first.latitude, first.longitude) == (53.47366, 9.87588)


@pytest.mark.skipif(not LOCATIONS, reason=f"there are no OCPI examples in {DATA}")
@pytest.mark.parametrize("path", LOCATIONS, ids=lambda path: path.stem)
def test_every_location_of_the_specification_is_read_or_not_meant_to_be_published(path: Path) -> None:
    document = json.loads(path.read_text(encoding="utf-8"))
    parsed = parse(document)
    if document["publish"]:
        assert parsed.rejects == []
        assert [record.source_id for record in parsed.stations] == [document["id"]]
    else:
        assert [reject.reason for reject in parsed.rejects] == [
            "it is not to be published (publish is false)"
        ]
