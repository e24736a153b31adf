"""The inverse of EPSG:3035 (ETRS89-extended / LAEA Europe): metres to degrees, in closed form.

Lambert azimuthal equal-area on GRS 80 with its origin at 52 N 10 E. The formulas are those of Snyder, Map
Projections: A Working Manual (USGS 1395), 24-26 to 24-29; the latitude comes from the authalic one by three steps
of Newton's method. ETRS89 is taken as WGS 84, from which it differs by less than a metre.
"""

from math import asin, atan2, atanh, cos, degrees, hypot, isfinite, radians, sin, sqrt
from typing import Final

_A: Final = 6_378_137.0  # GRS 80, m
_F: Final = 1 / 298.257222101
_E2: Final = _F * (2 - _F)
_E: Final = sqrt(_E2)
_LAT0, _LON0 = radians(52), radians(10)
_FALSE_EASTING, _FALSE_NORTHING = 4_321_000.0, 3_210_000.0


def _q(latitude: float) -> float:
    s = sin(latitude)
    return (1 - _E2) * (s / (1 - _E2 * s * s) + atanh(_E * s) / _E)


_QP: Final = _q(radians(90))
_BETA0: Final = asin(_q(_LAT0) / _QP)
_RQ: Final = _A * sqrt(_QP / 2)
_D: Final = _A * cos(_LAT0) / (sqrt(1 - _E2 * sin(_LAT0) ** 2) * _RQ * cos(_BETA0))


def to_degrees(easting: float, northing: float) -> tuple[float, float] | None:
    """Latitude and longitude of a point in metres; None outside Europe, where EPSG:3035 is not used.

    The area of use is that of the EPSG registry: 24.60 to 84.73 N, 35.58 W to 44.83 E.
    """
    if not (isfinite(easting) and isfinite(northing)):
        return None
    x, y = (easting - _FALSE_EASTING) / _D, (northing - _FALSE_NORTHING) * _D
    rho = hypot(x, y)
    if rho >= 2 * _RQ:
        return None
    if rho == 0:
        return degrees(_LAT0), degrees(_LON0)
    c = 2 * asin(rho / (2 * _RQ))
    beta = asin(min(1.0, max(-1.0, cos(c) * sin(_BETA0) + y * sin(c) * cos(_BETA0) / rho)))
    longitude = _LON0 + atan2(x * sin(c), rho * cos(_BETA0) * cos(c) - y * sin(_BETA0) * sin(c))
    place = degrees(_geodetic(beta)), degrees(longitude)
    return place if 24.6 <= place[0] <= 84.73 and -35.58 <= place[1] <= 44.83 else None


def _geodetic(beta: float) -> float:
    """The latitude whose authalic latitude is `beta`, radians."""
    latitude = beta
    for _ in range(3):
        slope = 2 * (1 - _E2) * cos(latitude) / (1 - _E2 * sin(latitude) ** 2) ** 2
        latitude -= (_q(latitude) - _QP * sin(beta)) / slope
    return latitude
