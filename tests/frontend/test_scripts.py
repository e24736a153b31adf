"""The small scripts in a real browser, under the production Content-Security-Policy."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from playwright.sync_api import expect

from tests.frontend.conftest import Site

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


class DurationForm(forms.Form):
    minutes = forms.IntegerField()


def feature(key: str, name: str, lon: float, free: int) -> dict[str, object]:
    price = {"per_kwh": {"amount": "0.59", "currency": "EUR"}}
    facts = {
        "id": key,
        "slug": name.lower(),
        "name": name,
        "evse_count": 4,
        "available_count": free,
        "price_from": price,
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, 53.55]},
        "properties": facts,
    }


def test_the_countdown_goes_by_the_servers_clock_and_loads_the_page_again_at_the_end(site: Site) -> None:
    site.page.clock.install(time=NOW + timedelta(hours=3))  # the visitor's clock is wrong
    page = site.open("countdown", now=NOW, expires_at=NOW + timedelta(minutes=10), over="The hold has ended.")
    says = page.locator("[data-countdown-says]")
    expect(page.locator(".countdown time")).to_have_text("10:00")
    expect(says).to_have_text("")
    page.clock.run_for("08:05")
    expect(page.locator(".countdown--soon time")).to_have_text("1:55")
    expect(says).to_have_text("Two minutes left.")
    page.clock.run_for("01:55")
    expect(says).to_have_text("The hold has ended.")
    with page.expect_navigation():
        page.clock.run_for(1500)
    assert site.asked.count("/") == 2


def test_a_countdown_of_hours_says_the_hours(site: Site) -> None:
    site.page.clock.install(time=NOW)
    page = site.open("countdown", now=NOW, expires_at=NOW + timedelta(hours=3, minutes=4), over="")
    expect(page.locator(".countdown time")).to_have_text("3:04:00")
    page.clock.run_for("02:04:01")
    expect(page.locator(".countdown time")).to_have_text("59:59")


def test_the_slider_tells_the_time_and_the_energy_for_this_car(site: Site) -> None:
    page = site.open("duration", form=DurationForm({"minutes": 60}), power_kw="33.5", battery_kwh="60")
    slider, words = page.locator("input[type=range]"), page.locator("output")
    expect(words).to_have_text("1 h, about 34 kWh")
    slider.press("ArrowRight")
    expect(words).to_have_text("1 h 15 min, about 42 kWh")
    expect(slider).to_have_attribute("aria-valuetext", "1 h 15 min, about 42 kWh")
    page.get_by_label("Charge now, %").fill("50")
    expect(words).to_have_text("1 h 15 min, about 30 kWh, then full")


def test_live_events_change_the_chips_they_name_and_no_other(site: Site) -> None:
    events = [
        ("evse.status", {"uid": "E1", "status": "CHARGING"}),
        ("booking.updated", {"reference": "ABCD2345", "status": "RESERVED"}),
    ]
    stream = "".join(
        f"id: {i}\nevent: {kind}\ndata: {json.dumps(data)}\n\n" for i, (kind, data) in enumerate(events)
    )
    site.answers["/stream"] = ("text/event-stream", stream)
    page = site.open("live")
    expect(page.locator('[data-evse-uid="E1"]')).to_have_text("Charging")
    expect(page.locator('[data-booking-ref="ABCD2345"]')).to_have_text("Reserved")
    expect(page.locator('[data-evse-uid="E2"]')).to_have_text("Available")


def test_the_picker_remembers_list_or_grid_and_moves_between_days_by_arrow_keys(site: Site) -> None:
    tabs = [{"label": "Mon", "url": "?d=1", "current": True}, {"label": "Tue", "url": "?d=2"}]
    page = site.open("slots", tabs=tabs)
    expect(page.locator(".slots__list")).to_be_hidden()
    page.get_by_role("radio", name="List").check(force=True)
    expect(page.locator(".slots__grid")).to_be_hidden()
    page.reload()
    expect(page.locator(".slots__list")).to_be_visible()
    page.get_by_role("link", name="Mon").press("ArrowRight")
    expect(page.get_by_role("link", name="Tue")).to_be_focused()


def test_the_map_shows_pins_and_sums_asks_for_its_box_and_searches_here(site: Site) -> None:
    near = [
        feature("1", "Elbe", 9.99, 3),
        feature("2", "Alster", 10.02, 2),
        feature("3", "Bille", 10.0201, 1),
    ]
    site.answers["/geo"] = ("application/json", json.dumps({"type": "FeatureCollection", "features": near}))
    page = site.open("map")
    expect(page.locator(".pin__free")).to_have_text("3/4")
    expect(page.locator(".pin__price")).to_have_text("0.59 EUR")
    expect(page.locator(".cluster")).to_have_text("3/8")
    asked = [path for path in site.asked if path.startswith("/geo")]
    assert asked[0].startswith("/geo?connector=CHADEMO&bbox=9.9")
    page.locator("[data-station-id='1']").focus()
    expect(page.locator(".pin--on .pin__free")).to_have_text("3/4")
    page.locator(".pin").click()
    expect(page.get_by_role("link", name="Elbe")).to_have_attribute("href", "/stations/elbe/")
    page.locator(".map").press("+")
    page.get_by_role("button", name="Search here").click()
    page.wait_for_url("**/?lat=53.55*&lon=*&radius_km=*&q=")


def test_a_map_without_an_answer_says_that_the_list_is_complete(site: Site) -> None:
    site.answers["/geo"] = ("application/json", "<html>")
    page = site.open("map")
    expect(page.locator("[data-map-says]")).to_have_text(
        "The map has no news just now. The list is complete."
    )


def test_the_policy_of_these_pages_is_in_force(site: Site) -> None:
    page = site.open("forbidden")
    expect(page.get_by_text("Styled on the spot")).to_have_css("color", "rgb(21, 33, 31)")
    [complaint] = site.complaints
    assert "Content Security Policy" in complaint
    site.complaints.clear()
