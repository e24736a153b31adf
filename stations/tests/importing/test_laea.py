"""EPSG:3035 to degrees, against PROJ."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from stations.importing.laea import to_degrees

TO_METRES = Transformer.from_crs("EPSG:4258", "EPSG:3035")
ELLIPSOID = Geod(ellps="GRS80")


@given(st.floats(24.61, 84.72), st.floats(-35.57, 44.82))
def test_every_place_in_europe_comes_back_within_a_tenth_of_a_millimetre(lat: float, lon: float) -> None:
    northing, easting = TO_METRES.transform(lat, lon)
    place = to_degrees(easting, northing)
    assert place is not None
    assert ELLIPSOID.inv(lon, lat, place[1], place[0])[2] < 1e-4


def test_a_site_in_hamburg_lies_where_proj_puts_it() -> None:
    assert to_degrees(4312757.502860555, 3373991.029571857) == pytest.approx((53.47366, 9.87588), abs=1e-8)


def test_the_false_origin_is_52_north_10_east() -> None:
    assert to_degrees(4_321_000, 3_210_000) == (52.0, 10.0)


@pytest.mark.parametrize(
    "point",
    [(9.99, 53.55), (math.nan, 3_210_000.0), (4_321_000.0, math.inf), (1e300, 1e300), (4_321_000.0, -9e6)],
    ids=["degrees", "NaN", "infinite", "huge", "equator and beyond"],
)
def test_points_outside_europe_are_no_places(point: tuple[float, float]) -> None:
    assert to_degrees(*point) is None
