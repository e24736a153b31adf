"""Who may watch what: the same answer for the web process, which hands out tokens, and for the live process."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db.models import Q

from accounts.models import User
from accounts.selectors import operator_ids
from bookings.models import Booking
from evbooking.core.errors import FieldError, Invalid, NotAuthenticated, NotFound
from stations.models import Station

TOKEN_SECONDS = 60
MAX_STATIONS = 50
MAX_BOOKINGS = 20
_signer = signing.TimestampSigner(salt="evbooking.live")


@dataclass(frozen=True, slots=True)
class Grant:
    """The station ids and booking references one client may watch, and the person whose badge it shows."""

    stations: frozenset[str]
    bookings: frozenset[str]
    user: str = ""


def authorize(user: User | AnonymousUser, *, stations: str, bookings: str, inbox: str = "") -> Grant:
    """Grant exactly what was asked (comma separated ids and references, any `inbox` for one's own), or say why not.

    Raises: Invalid(`unknown_station`, `out_of_range`), NotAuthenticated for bookings or inbox without a sign-in,
    NotFound for a booking that is not the caller's.
    """
    station_ids, references = _split(stations), _split(bookings)
    for field, values, most in (
        ("stations", station_ids, MAX_STATIONS),
        ("bookings", references, MAX_BOOKINGS),
    ):
        if len(values) > most:
            raise Invalid([FieldError(field, "out_of_range", f"Watch at most {most} at once.")])
    if references and not user.is_authenticated:
        raise NotAuthenticated("Sign in to watch your bookings.")
    if inbox and not user.is_authenticated:
        raise NotAuthenticated("Sign in to watch your inbox.")
    _check_stations(user, station_ids)
    _check_bookings(user, references)
    return Grant(station_ids, references, str(user.pk) if inbox else "")


def sign(grant: Grant) -> str:
    """A token the live process accepts for one minute."""
    return _signer.sign_object({"s": sorted(grant.stations), "b": sorted(grant.bookings), "u": grant.user})


def read_token(token: str) -> Grant | None:
    """The grant of a token of ours not older than a minute, else None."""
    try:
        content = _signer.unsign_object(token, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    return Grant(frozenset(content["s"]), frozenset(content["b"]), content["u"])


def _split(text: str) -> frozenset[str]:
    return frozenset(part for part in (piece.strip() for piece in text.split(",")) if part)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _check_stations(user: User | AnonymousUser, ids: frozenset[str]) -> None:
    valid = [one for one in ids if _is_uuid(one)]
    seen = Q(approval=Station.Approval.APPROVED)
    if isinstance(user, User):
        seen |= Q(operator__in=operator_ids(user))
    if len(valid) < len(ids) or Station.objects.filter(seen, pk__in=valid).count() < len(ids):
        raise Invalid([FieldError("stations", "unknown_station", "One of these stations does not exist.")])


def _check_bookings(user: User | AnonymousUser, references: frozenset[str]) -> None:
    if not references or not isinstance(user, User):
        return
    own = Q(driver=user) | Q(station__operator__in=operator_ids(user))
    if Booking.objects.filter(own, reference__in=references).count() < len(references):
        raise NotFound("You have no booking with one of these references.")
