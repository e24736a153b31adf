"""Pictures of a station: each is read, checked and written anew before it is stored."""

from functools import partial
from typing import BinaryIO, Final
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import Invalid
from stations.models import Station, StationImage
from stations.pictures import UnusablePicture, clean_picture
from stations.services.journal import Change, announce_station, record
from stations.services.locks import lock_station
from stations.services.validation import check_model, refuse_if

MOST_IMAGES: Final = 12


def add_image(station: Station, *, upload: BinaryIO, alt: str, actor: User | None) -> StationImage:
    """The uploaded picture as the station's last one; `alt` says in words what it shows. Raises Invalid.

    The pixels are worked on before the transaction begins; the file of one that fails is deleted again.
    """
    image = StationImage(station=station, alt=alt.strip())
    refuse_if(check_model(image, only={"alt"}))
    try:
        picture = clean_picture(upload)
    except UnusablePicture as unusable:
        raise Invalid.one("file", "invalid", str(unusable)) from unusable
    name = f"{uuid4()}{picture.suffix}"
    image.file.save(name, ContentFile(picture.content, name=name), save=False)
    try:
        return _insert(image, actor)
    except BaseException:
        image.file.delete(save=False)
        raise


@transaction.atomic
def remove_image(image: StationImage, *, actor: User | None) -> None:
    """Forget the picture; its file goes once that is committed."""
    station, storage, name = lock_station(image.station), image.file.storage, str(image.file.name)
    change = Change(station, "image.remove", actor, timezone.now(), {"alt": image.alt, "file": name}, {})
    record(change, target=image)
    announce_station("station.changed", change)
    image.delete()
    transaction.on_commit(partial(storage.delete, name))


@transaction.atomic
def _insert(image: StationImage, actor: User | None) -> StationImage:
    image.station = lock_station(image.station)
    others = image.station.images.all()
    if others.count() >= MOST_IMAGES:
        raise Invalid.one(
            "file", "out_of_range", f"A station has at most {MOST_IMAGES} pictures. Remove one first."
        )
    last = others.aggregate(last=Max("position"))["last"]
    image.position = 0 if last is None else last + 1
    image.save(force_insert=True)
    after = {"alt": image.alt, "file": image.file.name}
    change = Change(image.station, "image.add", actor, timezone.now(), {}, after)
    record(change, target=image)
    announce_station("station.changed", change)
    return image
