from __future__ import annotations

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
