from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from tests.factories import make_vehicle

VEHICLES = "/api/v1/vehicles"


def test_a_driver_sees_own_cars_in_the_order_they_came(api: Api, driver: User, stranger: User) -> None:
    first, second = make_vehicle(driver, make="Kia"), make_vehicle(driver, make="Fiat")
    make_vehicle(stranger)
    body = api(driver).get(VEHICLES).json()
    assert [(car["id"], car["make"]) for car in body["results"]] == [
        (str(first.pk), "Kia"),
        (str(second.pk), "Fiat"),
    ]
    assert (body["next"], body["previous"]) == (None, None)


def test_pages_follow_each_other(api: Api, driver: User) -> None:
    for make in "ABC":
        make_vehicle(driver, make=make)
    client = api(driver)
    first = client.get(VEHICLES + "?page_size=2").json()
    second = client.get(first["next"]).json()
    assert [car["make"] for car in first["results"] + second["results"]] == ["A", "B", "C"]
    assert second["next"] is None
    assert [car["make"] for car in client.get(second["previous"]).json()["results"]] == ["A", "B"]


def test_the_list_is_not_for_anonymous_callers(api: Api, db: None) -> None:
    assert problem(api().get(VEHICLES))[:2] == (401, "not_authenticated")


def test_a_known_list_answers_304_until_a_car_comes(api: Api, driver: User) -> None:
    client = api(driver)
    etag = client.get(VEHICLES)["ETag"]
    assert client.get(VEHICLES, HTTP_IF_NONE_MATCH=etag).status_code == 304
    make_vehicle(driver)
    assert client.get(VEHICLES, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_the_list_costs_three_queries_whatever_its_length(
    api: Api, driver: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    for _ in range(3):
        make_vehicle(driver)
        with django_assert_num_queries(3):
            client.get(VEHICLES)


def test_the_page_shows_the_cars_and_begins_with_a_hint(pages: Pages, driver: User) -> None:
    assert "Your cars will stand here" in pages(driver).get("/account/cars/").content.decode()
    make_vehicle(driver)
    page = pages(driver).get("/account/cars/").content.decode()
    assert "Volkswagen ID.3" in page
    assert "58 kWh" in page
    assert "CCS2" in page
