from typing import Any

import pytest

from accounts.models import User
from accounts.tests.answers import problem
from accounts.tests.clients import Api, Pages
from evbooking.core.models import AuditEntry

ME = "/api/v1/me"


def test_a_person_changes_name_phone_language_and_time_zone(api: Api, driver: User) -> None:
    changes = {
        "name": "Dana D.",
        "phone": "+49 151 23456789",
        "locale": "de",
        "time_zone": "America/New_York",
    }
    body = api(driver).patch(ME, changes).json()
    driver.refresh_from_db()
    assert (driver.name, str(driver.phone), driver.locale, driver.time_zone) == (
        "Dana D.",
        "+4915123456789",
        "de",
        "America/New_York",
    )
    assert body["phone"] == "+4915123456789"


def test_what_is_not_named_stays(api: Api, driver: User) -> None:
    api(driver).patch(ME, {"locale": "de"})
    driver.refresh_from_db()
    assert (driver.name, driver.locale) == ("Dana Driver", "de")


def test_the_audit_names_the_fields_but_not_what_stands_in_them(api: Api, driver: User) -> None:
    api(driver).patch(ME, {"name": "Dana D."})
    entry = AuditEntry.objects.get(action="user.update")
    assert (entry.actor_id, entry.before, entry.after) == (driver.pk, None, {"fields": ["name"]})


@pytest.mark.parametrize(
    ("changes", "code", "fields"),
    [
        ({"phone": "12"}, "invalid", [("phone", "invalid")]),
        ({"locale": "fr"}, "invalid", [("locale", "invalid")]),
        ({"time_zone": "Mars/Base"}, "invalid", [("time_zone", "invalid")]),
        ({"time_zone": ""}, "required", [("time_zone", "required")]),
        ({"name": "x" * 121}, "too_long_text", [("name", "too_long_text")]),
        ({"name": None}, "invalid", [("name", "invalid")]),
        ({"email": "new@example.com"}, "unknown_field", [("email", "unknown_field")]),
        ({"is_staff": True}, "unknown_field", [("is_staff", "unknown_field")]),
        ({"time_zone": "Nowhere", "phone": "1"}, "invalid", [("phone", "invalid"), ("time_zone", "invalid")]),
    ],
)
def test_a_wrong_profile_is_refused_and_changes_nothing(
    api: Api, driver: User, changes: dict[str, Any], code: str, fields: list[tuple[str, str]]
) -> None:
    before = type(driver).objects.values().get(pk=driver.pk)
    status, found, errors = problem(api(driver).patch(ME, changes))
    assert (status, found, sorted(errors)) == (422, code, fields)
    assert type(driver).objects.values().get(pk=driver.pk) == before


def test_markup_in_a_name_is_kept_as_text_and_escaped_on_pages(api: Api, pages: Pages, driver: User) -> None:
    name = "<script>alert('x')</script> '; DROP TABLE accounts_user; --"
    assert api(driver).patch(ME, {"name": name}).json()["name"] == name
    page = pages(driver).get("/account/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_profile_page_saves_what_is_filled_in(pages: Pages, driver: User) -> None:
    form = {"name": "Dana D.", "phone": "+4915123456789", "locale": "de", "time_zone": "Europe/Paris"}
    response = pages(driver).post("/account/", form, follow=True)
    driver.refresh_from_db()
    assert response.redirect_chain == [("/account/", 302)]
    assert "Your profile is saved." in response.content.decode()
    assert (driver.name, str(driver.phone), driver.time_zone) == ("Dana D.", "+4915123456789", "Europe/Paris")


def test_the_profile_page_shows_what_is_wrong_and_saves_nothing(pages: Pages, driver: User) -> None:
    form = {"name": "Dana D.", "phone": "12", "locale": "en", "time_zone": "Europe/Berlin"}
    response = pages(driver).post("/account/", form)
    driver.refresh_from_db()
    assert response.status_code == 422
    assert "Please check what is marked." in response.content.decode()
    assert (driver.name, str(driver.phone)) == ("Dana Driver", "")
