import json

import pytest
from pytest import MonkeyPatch

from accounts import ports
from accounts.models import Operator, User
from accounts.tests.clients import Api, Pages
from tests.factories import make_vehicle


def test_the_export_holds_every_section_about_oneself_and_nobody_else(
    api: Api, owner: User, operator: Operator, stranger: User, monkeypatch: MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_export_providers", {})
    ports.add_export("bookings", lambda user: [{"reference": f"of {user.email}"}])
    make_vehicle(owner)
    make_vehicle(stranger, make="Fiat")
    body = api(owner).get("/api/v1/me/export").json()
    assert sorted(body) == ["account", "bookings", "exported_at", "operators", "vehicles"]
    assert body["account"]["email"] == "owner@example.com"
    assert body["operators"] == [{"id": str(operator.pk), "name": "Nordstrom Charging", "role": "owner"}]
    assert [car["make"] for car in body["vehicles"]] == ["Volkswagen"]
    assert body["bookings"] == [{"reference": "of owner@example.com"}]


def test_the_page_gives_the_same_as_a_file(pages: Pages, driver: User) -> None:
    response = pages(driver).get("/account/data/export/")
    assert response["Content-Disposition"] == 'attachment; filename="evbooking-data.json"'
    assert response["Cache-Control"] == "no-store"
    assert json.loads(response.content)["account"]["name"] == "Dana Driver"


def test_a_section_has_one_provider(monkeypatch: MonkeyPatch) -> None:
    def first(user: User) -> list[str]:
        return []

    def second(user: User) -> list[str]:
        return ["more"]

    monkeypatch.setattr(ports, "_export_providers", {})
    ports.add_export("bookings", first)
    with pytest.raises(ValueError, match="bookings"):
        ports.add_export("bookings", second)
    assert ports.export_providers() == {"bookings": first}
