"""Where somebody of an operator's staff works: which operator, which of its stations."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from accounts.models import Operator
from accounts.selectors import operators_of
from accounts.views.requests import SignedInRequest
from bookings.models import Booking
from bookings.selectors.day import booking_for_staff
from evbooking.core.errors import Forbidden, NotFound
from stations.models import Station
from stations.selectors import stations_of

_LAST_STATION = "desk_station"


@dataclass(frozen=True, slots=True)
class Desk:
    """The person's operators, the one at hand, its stations by name, and the one the address names."""

    operators: list[Operator]
    operator: Operator
    stations: list[Station]
    station: Station | None


def open_desk(request: SignedInRequest) -> Desk:
    """What the address asks for. Raises Forbidden for who has no operator, NotFound for what is not theirs."""
    operators = list(operators_of(request.user))
    if not operators:
        raise Forbidden
    named = request.GET.get("station") or None
    wanted = request.GET.get("operator") or (_operator_of(request, named) if named else None)
    operator = next((one for one in operators if wanted in {None, str(one.pk)}), None)
    if operator is None:
        raise NotFound
    stations = list(stations_of(request.user).filter(operator=operator).order_by("name", "id"))
    station = next((one for one in stations if str(one.pk) == named), None)
    return Desk(operators, operator, stations, station)


def station_at_hand(request: SignedInRequest, desk: Desk) -> Station | None:
    """The station named, else the one last worked at, else the first; None where there is none."""
    if desk.station is not None:
        request.session[_LAST_STATION] = str(desk.station.pk)
        return desk.station
    last = request.session.get(_LAST_STATION)
    return next((one for one in desk.stations if str(one.pk) == last), next(iter(desk.stations), None))


def booking_at_desk(request: SignedInRequest, reference: str) -> Booking:
    """A booking at a station of the person's operators. Raises NotFound."""
    found = booking_for_staff(request.user, reference)
    if found is None:
        raise NotFound
    return found


def _operator_of(request: SignedInRequest, named: str) -> str:
    """The operator of a station of the person's; no id at all for any other."""
    try:
        station = stations_of(request.user).filter(pk=UUID(named)).first()
    except ValueError:
        station = None
    if station is None:
        raise NotFound
    return str(station.operator_id)
