import pytest
from pytest import FixtureRequest

from accounts.models import User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from tests.factories import make_vehicle


def test_a_removed_car_is_gone_for_its_driver_but_stays_for_bookings(api: Api, driver: User) -> None:
    car, client = make_vehicle(driver), api(driver)
    assert client.delete(f"/api/v1/vehicles/{car.pk}").status_code == 204
    car.refresh_from_db()
    assert car.removed_at is not None
    assert client.get("/api/v1/vehicles").json()["results"] == []
    assert problem(client.delete(f"/api/v1/vehicles/{car.pk}"))[:2] == (404, "not_found")


@pytest.mark.parametrize("who", ["stranger", "rival", "administrator"])
def test_nobody_else_removes_it(
    api: Api, pages: Pages, driver: User, who: str, request: FixtureRequest
) -> None:
    car, other = make_vehicle(driver), request.getfixturevalue(who)
    assert problem(api(other).delete(f"/api/v1/vehicles/{car.pk}"))[:2] == (404, "not_found")
    assert pages(other).post(f"/account/cars/{car.pk}/remove/").status_code == 404
    car.refresh_from_db()
    assert car.removed_at is None


def test_the_page_asks_before_it_removes(pages: Pages, driver: User) -> None:
    car, browser = make_vehicle(driver), pages(driver)
    assert "Remove Volkswagen ID.3?" in browser.get(f"/account/cars/{car.pk}/remove/").content.decode()
    car.refresh_from_db()
    assert car.removed_at is None
    assert browser.post(f"/account/cars/{car.pk}/remove/")["Location"] == "/account/cars/"
    car.refresh_from_db()
    assert car.removed_at is not None
