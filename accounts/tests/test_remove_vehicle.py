import pytest

from accounts.tests.answers import problem
from tests.factories import make_vehicle


def test_a_removed_car_is_gone_for_its_driver_but_stays_for_bookings(api, driver):
    car, client = make_vehicle(driver), api(driver)
    assert client.delete(f"/api/v1/vehicles/{car.pk}").status_code == 204
    car.refresh_from_db()
    assert car.removed_at is not None
    assert client.get("/api/v1/vehicles").json()["results"] == []
    assert problem(client.delete(f"/api/v1/vehicles/{car.pk}"))[:2] == (404, "not_found")


@pytest.mark.parametrize("who", ["stranger", "rival", "administrator"])
def test_nobody_else_removes_it(api, pages, driver, who, request):
    car, other = make_vehicle(driver), request.getfixturevalue(who)
    assert problem(api(other).delete(f"/api/v1/vehicles/{car.pk}"))[:2] == (404, "not_found")
    assert pages(other).post(f"/account/cars/{car.pk}/remove/").status_code == 404
    car.refresh_from_db()
    assert car.removed_at is None


def test_the_page_asks_before_it_removes(pages, driver):
    car, browser = make_vehicle(driver), pages(driver)
    assert "Remove Volkswagen ID.3?" in browser.get(f"/account/cars/{car.pk}/remove/").content.decode()
    car.refresh_from_db()
    assert car.removed_at is None
    assert browser.post(f"/account/cars/{car.pk}/remove/").url == "/account/cars/"
    car.refresh_from_db()
    assert car.removed_at is not None
