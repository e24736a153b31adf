from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, Operator, User
from accounts.services.vehicles import remove_vehicle
from accounts.tests.answers import problem
from accounts.tests.clients import Api, token_of
from tests.factories import make_operator, make_vehicle

ME = "/api/v1/me"


def test_me_tells_who_is_signed_in_with_cars_and_operators(api: Api, owner: User, operator: Operator) -> None:
    car = make_vehicle(owner)
    User.objects.filter(pk=owner.pk).update(phone="+4915123456789", is_staff=True)
    assert api(owner).get(ME).json() == {
        "id": str(owner.pk),
        "email": "owner@example.com",
        "name": "Otto Owner",
        "phone": "+4915123456789",
        "locale": "en",
        "time_zone": "Europe/Berlin",
        "roles": ["driver", "operator", "admin"],
        "operators": [{"id": str(operator.pk), "name": "Nordstrom Charging", "role": "owner"}],
        "vehicles": [
            {
                "id": str(car.pk),
                "make": "Volkswagen",
                "model": "ID.3",
                "battery_kwh": "58",
                "max_ac_kw": "11",
                "max_dc_kw": "120",
                "connectors": ["IEC_62196_T2", "IEC_62196_T2_COMBO"],
                "last_updated": car.last_updated.isoformat().replace("+00:00", "Z"),
            }
        ],
        "last_updated": owner.last_updated.isoformat().replace("+00:00", "Z"),
    }


def test_someone_without_anything_is_a_driver_with_empty_lists(api: Api, driver: User) -> None:
    body = api(driver).get(ME).json()
    assert (body["roles"], body["operators"], body["vehicles"], body["phone"]) == (["driver"], [], [], "")


def test_a_caller_without_or_with_a_wrong_token_is_not_authenticated(api: Api, db: None) -> None:
    assert problem(api().get(ME))[:2] == (401, "not_authenticated")
    assert problem(api().get(ME, HTTP_X_SESSION_TOKEN="nonsense"))[:2] == (401, "not_authenticated")


def test_the_token_may_come_as_bearer(api: Api, driver: User) -> None:
    token = token_of(api(driver))
    assert api().get(ME, HTTP_AUTHORIZATION=f"Bearer {token}").json()["id"] == str(driver.pk)


def test_a_known_state_answers_304_until_anything_in_it_changes(
    api: Api, driver: User, operator: Operator
) -> None:
    client = api(driver)

    def known(etag: str) -> int:
        return client.get(ME, HTTP_IF_NONE_MATCH=etag).status_code

    for change in (
        lambda: make_vehicle(driver),
        lambda: remove_vehicle(driver.vehicles.get(), actor=driver, now=timezone.now()),
        lambda: Membership.objects.create(operator=operator, user=driver, role="staff"),
        lambda: driver.memberships.update(role="manager"),
        lambda: driver.save(update_fields=["email"]),
    ):
        etag = client.get(ME)["ETag"]
        assert known(etag) == 304
        change()
        assert known(etag) == 200


def test_me_costs_four_queries_whatever_it_holds(
    api: Api, driver: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    for _ in range(3):
        make_vehicle(driver)
        make_operator(owner=driver)
        with django_assert_num_queries(4):
            client.get(ME)


def test_a_known_state_costs_three_queries(
    api: Api, driver: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = api(driver)
    etag = client.get(ME)["ETag"]
    with django_assert_num_queries(3):
        client.get(ME, HTTP_IF_NONE_MATCH=etag)
