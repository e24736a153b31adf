"""The folder of a PostgreSQL server and the user who owns it.

PostgreSQL refuses to run as root. Root therefore runs it as another user, who must reach the data: where the
checkout lies below a private folder such as /root, the server's home is a folder outside, remembered in var/.
"""

import hashlib
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from evbooking.local.places import Places
from evbooking.local.postgres_binaries import Binaries
from evbooking.local.problems import Problem
from evbooking.local.processes import Identity

OUTSIDE = Path("/var/lib")
OTHER_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Home:
    """A folder with `data` in it, and the user its server runs as (None: ourselves)."""

    folder: Path
    identity: Identity | None

    @property
    def data(self) -> Path:
        """The data folder proper."""
        return self.folder / "data"

    def major(self) -> int | None:
        """The major version that made the data; None where there are none yet."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def make_private(self, folder: Path) -> None:
        """Make `folder` so that only the server's user (and root) can enter it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {os.geteuid(), self._user()}:
            raise Problem(f"{folder} belongs to another user: remove it")
        folder.chmod(0o700)
        if self.identity:
            os.chown(folder, self.identity.user, self.identity.group)

    def readable(self, binaries: Binaries) -> Binaries:
        """The same binaries where the server's user can run them: copied into the home if need be."""
        if self.identity is None or _can_run(self.identity, binaries.folder / "postgres"):
            return binaries
        return binaries.copy_to(self.folder / f"server-{binaries.major}")

    def _user(self) -> int:
        return self.identity.user if self.identity else os.geteuid()


def open_home(places: Places) -> Home:
    """The home of this checkout's server, made if need be."""
    if os.geteuid() != 0:
        home = Home(places.postgres, None)
        home.make_private(home.folder)
        return home
    folder = remembered_outside(places) or places.postgres
    identity = _owner(folder / "data") or _other_user()
    home = Home(folder, identity)
    folder.mkdir(parents=True, exist_ok=True)
    if not _can_run(identity, folder):
        home = Home(_outside(places), identity)
    home.make_private(home.folder)
    return home


def _pointer(places: Places) -> Path:
    return places.var / "postgres.home"


def remembered_outside(places: Places) -> Path | None:
    """The home outside the checkout, where there is one."""
    pointer = _pointer(places)
    return Path(pointer.read_text().strip()) if pointer.exists() else None


def _outside(places: Places) -> Path:
    """A folder that every user can reach, named after this checkout and remembered in it."""
    digest = hashlib.sha256(str(places.var).encode()).hexdigest()[:12]
    folder = OUTSIDE / f"evbooking-{digest}"
    _pointer(places).write_text(f"{folder}\n")
    return folder


def _owner(data: Path) -> Identity | None:
    """Whoever made the data goes on using them; root never."""
    if not data.exists() or data.stat().st_uid == 0:
        return None
    return Identity(data.stat().st_uid, data.stat().st_gid)


def _other_user() -> Identity:
    for name in OTHER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Identity(entry.pw_uid, entry.pw_gid)
    raise Problem(
        "PostgreSQL cannot run as root and there is no user postgres or nobody: run as another user"
    )


def _can_run(identity: Identity, path: Path) -> bool:
    """Whether that user can enter the folder or run the program, all parents included."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode) and path.stat().st_uid in {0, identity.user}:
        path = path.parent  # we may still give the folder itself to that user
    done = subprocess.run(  # noqa: S603
        ["/usr/bin/test", "-x", path],
        user=identity.user,
        group=identity.group,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    return done.returncode == 0
