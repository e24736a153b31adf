"""What people may see and change of stations: every lookup asks for the person's part in the operator at once."""

from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from accounts.scoping import Person, Role, get_scoped, scoped
from stations.models import EVSE, Closure, ParkingPlace, Station, StationImage, Tariff


def stations_of(person: Person) -> QuerySet[Station]:
    """Stations of the person's operators, whatever their approval."""
    return scoped(Station.objects.select_related("operator"), person)


def get_station(person: Person, station_id: UUID, *, minimum: Role = Role.STAFF) -> Station:
    """A station of the person's. Raises NotFound for someone else's, Forbidden for too low a role."""
    return get_scoped(stations_of(person), minimum, pk=station_id)


def get_evse(person: Person, station_id: UUID, uid: str, *, minimum: Role = Role.STAFF) -> EVSE:
    """An EVSE that stands at a station of the person's. Raises as `get_station`."""
    evses = scoped(EVSE.objects.present().select_related("station"), person, "station__operator")
    return get_scoped(evses, minimum, station=station_id, uid=uid)


def get_parking_place(
    person: Person, station_id: UUID, place_id: UUID, *, minimum: Role = Role.STAFF
) -> ParkingPlace:
    """A parking place at a station of the person's. Raises as `get_station`."""
    places = scoped(ParkingPlace.objects.select_related("station"), person, "station__operator")
    return get_scoped(places, minimum, station=station_id, pk=place_id)


def get_image(
    person: Person, station_id: UUID, image_id: UUID, *, minimum: Role = Role.STAFF
) -> StationImage:
    """A picture of a station of the person's. Raises as `get_station`."""
    images = scoped(StationImage.objects.select_related("station"), person, "station__operator")
    return get_scoped(images, minimum, station=station_id, pk=image_id)


def closures_of(person: Person) -> QuerySet[Closure]:
    """Closures of the person's stations, canceled ones too."""
    return scoped(Closure.objects.select_related("station", "evse"), person, "station__operator")


def get_closure(person: Person, closure_id: UUID, *, minimum: Role = Role.STAFF) -> Closure:
    """A closure of a station of the person's. Raises as `get_station`."""
    return get_scoped(closures_of(person), minimum, pk=closure_id)


def tariffs_of(person: Person) -> QuerySet[Tariff]:
    """Tariffs of the person's operators, with the version in force."""
    return scoped(Tariff.objects.select_related("operator", "current"), person)


def get_tariff(person: Person, tariff_id: UUID, *, minimum: Role = Role.STAFF) -> Tariff:
    """A tariff of one of the person's operators. Raises as `get_station`."""
    return get_scoped(tariffs_of(person), minimum, pk=tariff_id)


def stations_for_decision(*, approval: str = "", words: str = "") -> QuerySet[Station]:
    """All stations as administrators see them, by approval state and by words of name, place and operator."""
    found = Station.objects.select_related("operator")
    if approval:
        found = found.filter(approval=approval)
    for word in words.split():
        found = found.filter(
            Q(name__icontains=word) | Q(city__icontains=word) | Q(operator__name__icontains=word)
        )
    return found


def approval_counts() -> list[tuple[str, int]]:
    """How many stations stand in each state of approval, in the order of the states."""
    counted = dict(Station.objects.order_by().values_list("approval").annotate(Count("pk")))
    return [(state, counted.get(state, 0)) for state in Station.Approval.values]


def with_counts(stations: QuerySet[Station]) -> QuerySet[Station]:
    """Stations with `evse_count` and `tariff_name`, for lists."""
    count = (
        EVSE.objects.present()
        .filter(station=OuterRef("pk"))
        .order_by()
        .values("station")
        .annotate(n=Count("*"))
    )
    return stations.annotate(evse_count=Subquery(count.values("n")), tariff_name=F("tariff__name"))


def with_everything(stations: QuerySet[Station]) -> QuerySet[Station]:
    """Stations with what their own people see of them, in a fixed number of queries."""
    evses = EVSE.objects.present().prefetch_related("connectors", "parking_places")
    related = stations.select_related("operator", "terms", "tariff__current")
    return related.prefetch_related(Prefetch("evses", queryset=evses), "parking_places", "images")
