from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from scheduler_rl.evaluation.world import Files, fit_and_test
from scheduler_rl.worlds.deviations import QUANTILES, read_deviations
from scheduler_rl.worlds.files import BadFile, read_prices, read_sessions, read_sites
from scheduler_rl.worlds.generated import generated_city
from scheduler_rl.worlds.hamburg import price_days

SESSIONS = """charger_id,location_id,start_time,end_time
a,1,2020-02-03 08:00:00,2020-02-03 10:00:00
b,1,2020-02-04 09:30:00,2020-02-04 10:00:00
c,2,2020-02-08 12:00:00,2020-02-08 13:00:00
a,1,2020-02-10 08:00:00,2020-02-10 11:00:00
"""


def own_files(folder: Path) -> Files:
    (folder / "sites.csv").write_text(
        "location_id,latitude,longitude\n1,53.55,10.00\n2,53.56,10.00\n3,53.57,10.00\n"
    )
    (folder / "sessions.csv").write_text(SESSIONS)
    hours = (f"2026-03-{day:02d} {hour:02d}:00:00+00:00,100\n" for day in range(1, 8) for hour in range(24))
    (folder / "prices.csv").write_text("target_ts,y_true\n" + "".join(hours))
    return Files(folder / "sites.csv", [folder / "sessions.csv"], folder / "prices.csv", centre=1)


def test_own_csv_makes_a_world_whose_days_never_stand_on_both_sides(tmp_path: Path) -> None:
    fit, test = fit_and_test(own_files(tmp_path), fit_until=date(2020, 2, 8), test_from=date(2020, 2, 9))
    assert fit.sites.ids.tolist() == [1, 2]
    assert fit.sites.capacity.tolist() == [2, 1]
    assert fit.sites.dc.tolist() == [False, True]
    assert fit.pools["weekday"].start.tolist() == [32.0, 38.0]
    assert fit.pools["weekday"].days == 2
    assert fit.pools["weekend"].stay.tolist() == [60.0]
    assert test.pools["weekday"].stay.tolist() == [180.0]
    assert np.array_equal(test.sites.xy, fit.sites.xy)
    apart = np.hypot(*(fit.sites.xy[1] - fit.sites.xy[0]))
    assert apart == pytest.approx(1112, abs=1)


def test_a_test_that_begins_within_the_fitted_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="within the days that are fitted"):
        fit_and_test(own_files(tmp_path), fit_until=date(2020, 2, 8), test_from=date(2020, 2, 8))


def test_an_unknown_centre_and_a_missing_column_are_named(tmp_path: Path) -> None:
    files = own_files(tmp_path)
    with pytest.raises(BadFile, match="no site 9"):
        fit_and_test(
            Files(files.sites, files.sessions, files.prices, centre=9),
            fit_until=date(2020, 2, 8),
            test_from=date(2020, 2, 9),
        )
    with pytest.raises(BadFile, match="charger_id"):
        read_sessions([files.sites])


DATES = {"fit_until": date(2020, 2, 8), "test_from": date(2020, 2, 9)}


def test_another_city_lies_around_the_middle_of_its_demand(tmp_path: Path) -> None:
    """Two of the three sessions to fit are at site 1; Hamburg's site 198 is unknown here."""
    files = own_files(tmp_path)
    fit, test = fit_and_test(Files(files.sites, files.sessions, files.prices), **DATES)
    assert (fit.name, test.name) == ("around site 1", "around site 1")
    assert fit.sites.ids.tolist() == test.sites.ids.tolist() == [1, 2]
    nowhere = files.sites.with_name("nowhere.csv")
    nowhere.write_text("location_id,latitude,longitude\n7,53.55,10.00\n")
    with pytest.raises(BadFile, match="no session of the days to fit belongs to a site"):
        fit_and_test(Files(nowhere, files.sessions, files.prices), **DATES)


def test_a_site_of_two_hundred_chargers_is_played_with_as_many_as_a_byte_counts(tmp_path: Path) -> None:
    files = own_files(tmp_path)
    more = (f"x{number},2,2020-02-03 08:00:00,2020-02-03 09:00:00\n" for number in range(200))
    files.sessions[0].write_text(SESSIONS + "".join(more))
    fit, _ = fit_and_test(files, **DATES)
    assert fit.sites.capacity.tolist() == [2, 127]


def geojson(folder: Path, *features: object) -> Path:
    path = folder / "sites.geojson"
    path.write_text(json.dumps({"features": features}))
    return path


def point(site: int, coordinates: object) -> dict[str, object]:
    return {"properties": {"location_id": site}, "geometry": {"type": "Point", "coordinates": coordinates}}


def test_points_in_degrees_are_as_far_apart_as_they_are(tmp_path: Path) -> None:
    places = read_sites(geojson(tmp_path, point(1, [10.0, 53.55]), point(2, [[10.0, 53.56]])))
    assert np.hypot(*np.subtract(places[1], places[2])) == pytest.approx(1112, abs=1)
    metres = read_sites(geojson(tmp_path, point(1, [4_321_000, 3_210_000]), point(2, [4_321_000, 3_211_000])))
    assert metres[2] == (4_321_000.0, 3_211_000.0)


@pytest.mark.parametrize(
    "feature",
    [
        {"properties": {}, "geometry": {"coordinates": [1, 2]}},
        {"properties": {"location_id": 1}, "geometry": None},
        point(1, []),
        point(1, ["east", "north"]),
        "no feature",
    ],
)
def test_a_site_without_its_number_or_place_is_a_bad_file(tmp_path: Path, feature: object) -> None:
    with pytest.raises(BadFile, match=r"sites\.geojson is no GeoJSON of sites"):
        read_sites(geojson(tmp_path, feature))
    (tmp_path / "sites.geojson").write_text("[")
    with pytest.raises(BadFile, match=r"sites\.geojson is no GeoJSON of sites"):
        read_sites(tmp_path / "sites.geojson")


@pytest.mark.parametrize(
    "row", ["a,1,2020-02-03 08:00:00", "a,1,yesterday,2020-02-03 10:00:00", "a,x,2020-02-03,2020-02-04", "a"]
)
def test_a_session_that_cannot_be_read_names_its_file_and_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "sessions.csv"
    path.write_text(SESSIONS + row + "\n")
    with pytest.raises(BadFile, match=r"sessions\.csv, line 6: "):
        read_sessions([path])


def test_sessions_that_end_before_they_begin_or_stand_in_two_files_are_left_out(tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(SESSIONS + "a,1,2020-10-25 02:50:00,2020-10-25 02:10:00\n")
    second.write_text(SESSIONS + "a,1,2020-02-11 08:00:00,2020-02-11 08:00:00\n")
    assert read_sessions([first, second]).stay.tolist() == [120.0, 30.0, 60.0, 180.0]


def test_an_empty_file_of_sessions_makes_no_world(tmp_path: Path) -> None:
    files = own_files(tmp_path)
    files.sessions[0].write_text(SESSIONS.splitlines()[0] + "\n")
    assert len(read_sessions(files.sessions)) == 0
    with pytest.raises(BadFile, match="no session of the days to fit"):
        fit_and_test(files, **DATES)
    files.sessions[0].write_text("")
    with pytest.raises(BadFile, match="no column charger_id, end_time, location_id, start_time"):
        fit_and_test(files, **DATES)


def test_missing_prices_are_filled_and_days_without_any_left_out(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    days = {"2026-03-02": "10", "2026-03-03": "", "2026-03-04": "nan"}
    rows = [f"{day} {hour:02d}:00:00+00:00,{price}" for day, price in days.items() for hour in range(1, 22)]
    path.write_text("\n".join(["target_ts,y_true", *rows, "2026-03-05 12:00:00+00:00,20"]) + "\n")
    prices = read_prices(path)
    assert prices.tolist() == [[0.01] * 96, [0.02] * 96]
    path.write_text("target_ts,y_true\n2026-03-02 12:00:00+00:00,\n")
    with pytest.raises(BadFile, match="has no prices"):
        read_prices(path)


def test_times_of_prices_without_an_offset_are_utc_wherever_this_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("target_ts,y_true\n2026-03-02 10:00:00,10\n2026-03-02 11:00:00,20\n")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        prices = read_prices(path)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert prices[0, [4 * 12 - 1, 4 * 12]].tolist() == [0.01, 0.02]


def test_too_few_price_days_to_be_split_are_named() -> None:
    with pytest.raises(
        BadFile, match="2 price days are too few to be split: no day of them is left for test"
    ):
        price_days(np.zeros((2, 96)), "test")
    assert len(price_days(np.zeros((5, 96)), "test")) == 1


def test_a_day_without_its_lost_hour_takes_the_price_before_it(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    rows = (f"2026-03-{28 if hour > 22 else 29} {hour:02d}:00:00+00:00,{hour}\n" for hour in (23, *range(22)))
    path.write_text("target_ts,y_true\n" + "".join(rows))
    prices = read_prices(path)
    assert prices.shape == (1, 96)
    assert prices[0, [0, 4, 8, 12]].tolist() == [0.023, 0.0, 0.0, 0.001]


def test_price_days_are_split_in_date_order() -> None:
    prices = np.arange(61.0)[:, None].repeat(96, axis=1)
    train, validation, test = (price_days(prices, split)[:, 0] for split in ("train", "validation", "test"))
    assert (len(train), len(validation), len(test)) == (36, 10, 15)
    assert train.max() < validation.min() <= validation.max() < test.min()


def test_a_generated_city_is_the_same_again_and_can_be_of_any_size() -> None:
    small, again, large = generated_city(1, seed=3), generated_city(1, seed=3), generated_city(400, seed=3)
    assert np.array_equal(small.sites.xy, again.sites.xy)
    assert (len(small.sites), len(large.sites)) == (1, 400)
    assert large.pools["weekday"].per_day > large.pools["weekend"].per_day


def test_fitted_deviations_are_quantiles_in_order() -> None:
    fitted = read_deviations()
    assert len(fitted.ratios) == len(QUANTILES)
    assert list(fitted.ratios) == sorted(fitted.ratios)
    drawn = fitted.draw_ratios(np.random.default_rng(1), 20_000)
    assert np.median(drawn) == pytest.approx(fitted.ratios[10], rel=0.02)


def test_the_centre_of_hamburg_is_the_world_of_the_bars(real_files: Files) -> None:
    fit, test = fit_and_test(real_files, fit_until=date(2020, 2, 18), test_from=date(2020, 2, 19))
    assert len(fit.sites) == 20
    assert fit.sites.ids[0] == 198
    assert int(fit.sites.capacity.sum()) == 42
    assert int(fit.sites.dc.sum()) == 4
    assert (fit.pools["weekday"].days, fit.pools["weekend"].days) == (7, 4)
    assert (len(fit.prices), len(test.prices)) == (36, 15)
    assert fit.pools["weekday"].per_day == pytest.approx(81.714, abs=0.001)
    assert len(read_sites(real_files.sites)) == 399
