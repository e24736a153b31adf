"""`manage.py import_stations`: stations from the files of others."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from tqdm import tqdm

from accounts.models import Operator, User
from stations.importing import FORMATS, Defaults, Parsed, UnusableSource, fetch, read_defaults
from stations.services.importing import Imported, import_stations, publish_stations


class Command(BaseCommand):
    help = (
        "Import stations from a file or web address; run again, it changes only what changed there. "
        "Everything is written, or nothing. See docs/importing.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="FILE|URL")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument("--operator", required=True, metavar="NAME|ID", help="whose stations they become")
        parser.add_argument("--defaults", metavar="FILE.json", help="what to assume where the file is silent")
        parser.add_argument(
            "--sessions", metavar="FILE", help="hamburg-geojson: sessions that name the chargers"
        )
        parser.add_argument("--approve", action="store_true", help="publish the stations; needs --actor")
        parser.add_argument("--actor", metavar="EMAIL", help="who is recorded; to approve, an administrator")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")

    def handle(self, *, source: str, operator: str, actor: str | None, approve: bool, **options: Any) -> None:
        owner, person = _operator(operator), _actor(actor, approve=approve)
        try:
            parsed, defaults = _read(source, options)
            with transaction.atomic():
                imported = _import(owner, parsed, defaults, person, source)
                published = _publish(imported, person) if approve and person else None
                self._list_rejects(imported)
                if not imported.stations:
                    raise CommandError("Nothing could be imported: the file holds no usable station.")
                transaction.set_rollback(options["dry_run"])
        except UnusableSource as unusable:
            raise CommandError(str(unusable)) from unusable
        except (IntegrityError, OperationalError) as error:
            raise CommandError(
                "Somebody changed the same data meanwhile; nothing was imported. Run it again."
            ) from error
        self._summarise(imported, published, options)
        if owner.status != Operator.Status.ACTIVE:
            self.stderr.write(f"{owner} is suspended: its stations cannot be booked.")

    def _list_rejects(self, imported: Imported) -> None:
        for reject in imported.rejects:
            self.stderr.write(f"{'rejected' if reject.whole else 'left out'}: {reject}")

    def _summarise(self, imported: Imported, published: int | None, options: dict[str, Any]) -> None:
        rejected = sum(reject.whole for reject in imported.rejects)
        self.stdout.write(
            f"{len(imported.created)} created, {len(imported.updated)} updated,"
            f" {len(imported.unchanged)} unchanged, {rejected} rejected"
            f" ({len(imported.rejects) - rejected} parts left out)."
        )
        if published is not None:
            self.stdout.write(f"{published} published.")
        if options["dry_run"]:
            self.stdout.write("Nothing was written: this was a dry run.")
        if licence := FORMATS[options["format"]].licence:
            self.stdout.write(licence)


def _read(source: str, options: dict[str, Any]) -> tuple[Parsed, Defaults]:
    """The records of the source and the defaults. Raises UnusableSource, CommandError."""
    file_format, sessions = FORMATS[options["format"]], options["sessions"]
    if sessions and not file_format.has_sessions:
        raise CommandError(f"{options['format']} files go without --sessions.")
    defaults = read_defaults(fetch(options["defaults"]) if options["defaults"] else None)
    return file_format.parse(fetch(source), fetch(sessions) if sessions else None), defaults


def _import(owner: Operator, parsed: Parsed, defaults: Defaults, actor: User | None, source: str) -> Imported:
    with tqdm(
        desc="importing", total=len(parsed.stations), unit=" stations", leave=False, disable=None
    ) as bar:
        return import_stations(
            owner, parsed=parsed, defaults=defaults, actor=actor, source=source, progress=bar.update
        )


def _publish(imported: Imported, actor: User) -> int:
    """How many stations became public. Why others cannot is told with the rejects of the import."""
    published, rejects = publish_stations(imported.stations, actor=actor)
    imported.rejects.extend(rejects)
    return len(published)


def _operator(name_or_id: str) -> Operator:
    found = list(Operator.objects.filter(Q(name=name_or_id) | _by_id(name_or_id))[:2])
    if len(found) > 1:
        raise CommandError(f"Several operators are named {name_or_id!r}: give the id of one.")
    if not found:
        names = ", ".join(Operator.objects.values_list("name", flat=True)[:10]) or "none"
        raise CommandError(f"There is no operator {name_or_id!r}. There are: {names}.")
    return found[0]


def _by_id(text: str) -> Q:
    try:
        return Q(pk=UUID(text))
    except ValueError:
        return Q(pk=None)


def _actor(email: str | None, *, approve: bool) -> User | None:
    if email is None:
        if approve:
            raise CommandError(
                "--approve needs --actor: the e-mail address of the administrator who approves."
            )
        return None
    person = User.objects.filter(email__iexact=email, is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody signs in as {email!r}.")
    if approve and not person.is_staff:
        raise CommandError(f"{email} is no administrator, and only administrators approve stations.")
    return person
