"""The generated network is believable, lawful, and the same for the same seed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Model, UUIDField
from pytest_django import Settings

from accounts.demo import DEMO_PASSWORD
from accounts.models import User
from bookings.models import Booking, Series, WaitlistEntry
from bookings.quoting import quote_for
from charging.models import CDR, Session, SessionStatus
from charging.stored import recompute, stored_bill
from evbooking.core.ocpi import ReservationStatus as S
from evbooking.demo.network import EXTENTS
from notifications.models import Announcement, Post, Watch, WebhookEndpoint
from payments.ledger.checking import check_ledger
from payments.models import LedgerTransaction
from stations.models import EVSE, BookingTerms, Station
from stations.pricing import LineDimension
from tests.undone import undone

NOW = datetime(2026, 6, 10, 10, tzinfo=UTC)
OURS = ("accounts", "stations", "charging", "bookings", "payments", "notifications", "scheduler_rl")
# Drawn anew each time: salts, counters, names of what is made as people make it, and keys of those names.
CHANCE = {"password", "revision", "event_id", "reference", "alongside"}


@pytest.fixture(autouse=True)
def _media(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def generate(**options: object) -> str:
    out = StringIO()
    call_command("demo_data", at=NOW, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def network(db: None) -> None:
    generate()


def test_the_small_network_has_its_size_and_states(network: None) -> None:
    assert (Station.objects.count(), EVSE.objects.count()) == (30, 78)
    counted = dict(Station.objects.values_list("approval").annotate(n=Count("pk")))
    assert counted == {"APPROVED": 27, "SUBMITTED": 2, "DRAFT": 1}


def test_bookings_lie_on_both_sides_of_now_in_fitting_states(network: None) -> None:
    over = set(Booking.objects.filter(end__lte=NOW).values_list("status", flat=True))
    ahead = set(Booking.objects.filter(start__gt=NOW).values_list("status", flat=True))
    assert over == {S.COMPLETED, S.NO_SHOW, S.CANCELED}
    assert ahead <= {S.RESERVED, S.PENDING, S.CANCELED}
    assert S.RESERVED in ahead
    assert not Booking.objects.filter(created_at__gte=F("start")).exists()
    assert not Booking.objects.filter(created_at__gt=NOW).exists()


def test_every_booking_costs_what_its_tariff_says(network: None) -> None:
    for booking in Booking.objects.select_related("tariff_version", "station").order_by("reference")[:200]:
        quote = quote_for(
            booking.tariff_version,
            zone=ZoneInfo(booking.station.time_zone),
            start=booking.start,
            end=booking.end,
            energy_kwh=booking.energy_kwh,
            power_kw=booking.power_kw,
        )
        assert (booking.total_amount, booking.quote) == (quote.total.amount, quote.as_json())
        energy = [line.quantity for line in quote.lines if line.dimension == LineDimension.ENERGY]
        assert sum(energy) == pytest.approx(booking.energy_kwh, abs=Decimal("0.00001"))


def test_the_history_of_a_booking_ends_in_its_state(network: None) -> None:
    for booking in Booking.objects.prefetch_related("transitions").order_by("reference")[:200]:
        steps = sorted(booking.transitions.all(), key=lambda step: step.id)
        assert steps[0].to_status == S.HELD
        assert steps[-1].to_status == booking.status
        assert [step.from_status for step in steps[1:]] == [step.to_status for step in steps[:-1]]
        assert [step.at for step in steps] == sorted(step.at for step in steps)


def references(*states: S) -> set[str | None]:
    return set(Booking.objects.filter(status__in=states).values_list("reference", flat=True))


def test_every_visit_has_its_session_and_its_bill(network: None) -> None:
    billed = set(CDR.objects.values_list("booking_reference", flat=True))
    assert billed == references(S.COMPLETED, S.NO_SHOW)
    charging = Session.objects.filter(status=SessionStatus.ACTIVE)
    assert set(charging.values_list("booking_reference", flat=True)) == references(S.FULFILLED)
    charged = Session.objects.filter(status=SessionStatus.COMPLETED)
    assert set(charged.values_list("booking_reference", flat=True)) == references(S.COMPLETED)
    for cdr in CDR.objects.order_by("booking_reference")[:200]:
        assert recompute(cdr) == stored_bill(cdr)


def test_every_bill_is_in_the_books_as_paid_at_the_charger(network: None) -> None:
    bills = CDR.objects.exclude(total_after_taxes=0)
    kinds = LedgerTransaction.objects.values_list("kind").annotate(n=Count("pk"))
    assert dict(kinds) == {"BILL": bills.count(), "ON_SITE": bills.count()}
    assert check_ledger(NOW + timedelta(hours=1)) == []


def test_without_a_sandbox_every_station_is_paid_at_the_charger(db: None) -> None:
    assert "No payment sandbox answers here" in generate()
    assert set(BookingTerms.objects.values_list("payment", flat=True)) == {BookingTerms.Payment.ON_SITE}


def test_the_three_people_can_sign_in_and_the_driver_has_bookings(network: None) -> None:
    people = {user.email: user for user in User.objects.filter(email__endswith="@example.org")}
    assert set(people) == {"driver@example.org", "operator@example.org", "admin@example.org"}
    assert all(user.check_password(DEMO_PASSWORD) for user in people.values())
    assert people["admin@example.org"].is_staff
    own = Booking.objects.filter(driver=people["driver@example.org"])
    assert own.filter(end__lt=NOW).count() == 3
    assert own.filter(start__gt=NOW, start__lt=NOW + timedelta(days=3)).count() == 1


def test_the_driver_comes_every_tuesday_for_a_month(network: None) -> None:
    series = Series.objects.get()
    assert (series.driver.email, series.rrule) == ("driver@example.org", "FREQ=WEEKLY;COUNT=8")
    assert set(series.bookings.values_list("status", "start__iso_week_day")) == {("RESERVED", 2)}
    assert (series.bookings.count(), series.later_dates.filter(state="WAITING").count()) == (4, 4)


def test_the_driver_and_the_operator_have_written_to_each_other(network: None) -> None:
    posts = Post.objects.order_by("thread__about", "number").values_list("thread__about", "side")
    assert [one for one in posts if one[0] == "approval"] == [
        ("approval", "administrator"),
        ("approval", "operator"),
    ]
    assert [side for about, side in posts if about != "approval"] == ["driver", "operator", "driver"]
    assert not Post.objects.filter(at__gt=NOW).exists()


def everything() -> dict[str, list[str]]:
    """The rows of all our tables but CHANCE and keys, by model; of generated bookings with whose and where they are."""
    found = {
        model._meta.label: sorted(map(str, model._default_manager.values_list(*columns_of(model))))
        for model in apps.get_models()
        if model._meta.app_label in OURS
    }
    visits = Booking.objects.filter(series=None).order_by("reference")
    whose = visits.values_list("reference", "driver__email", "evse__uid", "start")
    return found | {"visits": [str(one) for one in whose]}


def columns_of(model: type[Model]) -> list[str]:
    return [
        field.name
        for field in model._meta.concrete_fields
        if not (field.is_relation or field.primary_key or isinstance(field, UUIDField))
        and field.name not in CHANCE
    ]


def test_the_same_seed_gives_the_same_demo(db: None) -> None:
    with time_machine.travel(NOW, tick=False):
        with undone():
            generate()
            before = everything()
        generate()
    now = everything()
    assert len(now["visits"]) > 2000
    assert [name for name, rows in now.items() if rows != before[name]] == []


def test_a_line_waits_for_what_is_taken_and_the_driver_watches(network: None) -> None:
    line = WaitlistEntry.objects.order_by("joined_at").select_related("driver")
    assert [entry.driver.email.split("@")[1] for entry in line] == [
        "demo.example",
        "demo.example",
        "example.org",
    ]
    [wanted] = set(line.values_list("station", "earliest"))
    assert Booking.objects.filter(station=wanted[0], start__lte=wanted[1], end__gt=wanted[1]).exists()
    watched = Watch.objects.get()
    assert (watched.user.email, watched.station_id) == ("driver@example.org", wanted[0])


def test_drivers_and_operators_are_announced_something(network: None) -> None:
    rows = Announcement.objects.order_by("audience").values_list("audience", "title", "state")
    assert list(rows) == [
        ("BOOKED", "The entrance moves", "SENDING"),
        ("OPERATORS", "Webhooks are here", "SENDING"),
    ]
    assert not WebhookEndpoint.objects.exists(), "without a sandbox there is nobody to call"


def test_a_network_is_generated_once(network: None) -> None:
    assert "already there" in generate()
    assert "already there" in generate(if_empty=True)
    assert Station.objects.count() == 30


def test_a_second_network_shares_the_operators(network: None, monkeypatch: pytest.MonkeyPatch) -> None:
    town = replace(EXTENTS["city"], stations=20, evses=45, drivers=30, past_days=5, future_days=2)
    monkeypatch.setitem(EXTENTS, "city", town)
    operators = set(Station.objects.values_list("operator", flat=True))
    assert "20 stations, 45 EVSEs" in generate(size="city")
    assert Station.objects.count() == 50
    assert set(Station.objects.values_list("operator", flat=True)) == operators


def test_outside_the_demo_there_are_no_demo_data(db: None, settings: Settings) -> None:
    settings.EVB_DEMO = False
    with pytest.raises(CommandError, match="EVB_DEMO=1"):
        generate()
    assert not User.objects.exists()


def test_few_bookings_are_those_nearest_to_now(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evbooking.demo.history.BATCH", 7)
    assert "40 bookings" in generate(bookings=40)
    visits = Booking.objects.filter(series=None)
    assert visits.count() == 40
    for booking in visits:
        assert abs(booking.start - NOW) < timedelta(hours=12)
