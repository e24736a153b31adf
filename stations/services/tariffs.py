"""Tariffs of an operator. A change of price is a new version; the old ones stay: bookings rest on them."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Operator, User
from evbooking.core import audit
from evbooking.core.errors import FieldError, Invalid, NotFound
from stations import pricing
from stations.models import Station, Tariff, TariffVersion
from stations.services.journal import Change, announce_station
from stations.services.validation import check_model, document_errors, refuse_if


@transaction.atomic
def create_tariff(
    operator: Operator,
    *,
    name: str,
    document: Mapping[str, Any],
    actor: User | None,
    source_id: str | None = None,
) -> Tariff:
    """A tariff of the operator with its first version: the OCPI Tariff object `document`. Raises Invalid."""
    tariff = Tariff(operator=operator, name=name, source_id=source_id)
    errors, checked = _read(document)
    refuse_if(check_model(tariff, only={"name", "source_id"}) + errors)
    try:
        with transaction.atomic():
            tariff.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid.one("source_id", "invalid", "The operator has this tariff already.") from error
    version = _append(tariff, checked, actor)
    after = {"name": tariff.name, "version": version.number, "document": checked}
    audit.record("tariff.create", target=tariff, actor=actor, before=None, after=after)
    return tariff


@transaction.atomic
def add_version(tariff: Tariff, *, document: Mapping[str, Any], actor: User | None) -> TariffVersion:
    """The next version, in force at once for new bookings; the present one where nothing differs.

    Each station that uses the tariff says so by `station.changed`. Raises Invalid.
    """
    locked = _lock(tariff)
    errors, checked = _read(document)
    refuse_if(errors)
    old = locked.current
    if old is not None and old.document == checked:
        return old
    version = _append(locked, checked, actor)
    before, after = _described(old), _described(version)
    audit.record("tariff.version", target=locked, actor=actor, before=before, after=after)
    _announce(locked, version, actor, before={"tariff_version": old and old.number})
    tariff.current = version
    return version


@transaction.atomic
def restore_version(tariff: Tariff, *, number: int, actor: User | None) -> TariffVersion:
    """An old version's prices as the newest version. Raises NotFound where the number was never given."""
    old = TariffVersion.objects.filter(tariff=tariff, number=number).first()
    if old is None:
        raise NotFound("The tariff has no such version.")
    return add_version(tariff, document=old.document, actor=actor)


@transaction.atomic
def rename_tariff(tariff: Tariff, *, name: str, actor: User | None) -> Tariff:
    """The tariff under another name. Raises Invalid."""
    locked = _lock(tariff)
    before, locked.name = locked.name, name
    refuse_if(check_model(locked, only={"name"}))
    if locked.name != before:
        locked.save(update_fields=["name", "last_updated"])
        after = {"name": locked.name}
        audit.record("tariff.rename", target=locked, actor=actor, before={"name": before}, after=after)
    return locked


def _lock(tariff: Tariff) -> Tariff:
    return (
        Tariff.objects.select_for_update(no_key=True, of=("self",))
        .select_related("current")
        .get(pk=tariff.pk)
    )


def _read(document: Mapping[str, Any]) -> tuple[list[FieldError], dict[str, Any]]:
    """The document as it will be stored, or what is wrong with it."""
    try:
        return [], pricing.Tariff.from_ocpi(document).to_ocpi()
    except pricing.InvalidTariff as invalid:
        return document_errors("", invalid), {}


def _append(tariff: Tariff, document: dict[str, Any], actor: User | None) -> TariffVersion:
    last: int = tariff.versions.aggregate(last=Max("number"))["last"] or 0
    version = TariffVersion.objects.create(
        tariff=tariff, number=last + 1, document=document, created_by=actor
    )
    tariff.current = version
    tariff.save(update_fields=["current", "last_updated"])
    return version


def _described(version: TariffVersion | None) -> dict[str, Any] | None:
    return {"version": version.number, "document": version.document} if version else None


def _announce(tariff: Tariff, version: TariffVersion, actor: User | None, *, before: dict[str, Any]) -> None:
    now = timezone.now()
    for station in Station.objects.filter(tariff=tariff).order_by("pk"):
        after = {"tariff_version": version.number}
        announce_station("station.changed", Change(station, "tariff.version", actor, now, before, after))
