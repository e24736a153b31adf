import pytest

from accounts.catalogue import load_catalogue, read_catalogue
from accounts.models import User, VehicleModel
from accounts.tests.answers import problem
from accounts.tests.clients import Api
from accounts.validation import check_fields

MODELS = "/api/v1/vehicle-models"


@pytest.fixture
def _catalogue(db: None) -> None:
    load_catalogue()


@pytest.mark.usefixtures("_catalogue")
def test_a_search_finds_cars_by_every_word_in_any_case(api: Api, driver: User) -> None:
    found = api(driver).get(MODELS + "?q=model+3+TESLA+rwd").json()["results"]
    assert found == [
        {
            "make": "Tesla",
            "model": "Model 3 RWD",
            "battery_kwh": "57.5",
            "max_ac_kw": "11",
            "max_dc_kw": "170",
            "connectors": ["IEC_62196_T2", "IEC_62196_T2_COMBO"],
        }
    ]


@pytest.mark.usefixtures("_catalogue")
def test_without_a_query_all_come_in_pages(api: Api, driver: User) -> None:
    client, url, found = api(driver), MODELS, []
    while url:
        body = client.get(url).json()
        found += [(car["make"], car["model"]) for car in body["results"]]
        url = body["next"]
    assert len(found) == len(set(found)) == len(read_catalogue())


@pytest.mark.usefixtures("_catalogue")
def test_what_nobody_builds_is_an_empty_list(api: Api, driver: User) -> None:
    assert api(driver).get(MODELS + "?q=%25_%27--").json()["results"] == []


def test_a_query_that_is_too_long_is_refused(api: Api, driver: User) -> None:
    assert problem(api(driver).get(MODELS + "?q=" + "x" * 81)) == (
        422,
        "too_long_text",
        [("q", "too_long_text")],
    )


def test_loading_again_changes_nothing_and_mends_what_was_changed(db: None) -> None:
    count = load_catalogue()
    before = list(VehicleModel.objects.values())
    VehicleModel.objects.filter(make="Kia").update(battery_kwh=1)
    assert load_catalogue() == count == len(before)
    assert list(VehicleModel.objects.values()) == before


def test_every_row_of_the_file_is_a_car_that_can_charge() -> None:
    for row in read_catalogue():
        car = VehicleModel(**row)
        check_fields(car, row)
        assert car.max_ac_kw or car.max_dc_kw, row
