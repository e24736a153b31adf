"""Where the launcher keeps things: the checkout, its var/ folder and what lies below."""

from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
MARKER = (
    "EVB_LOCAL_VAR"  # stands in the environment of every process we start, so that a later start knows them
)


@dataclass(frozen=True)
class Places:
    """The folders of one set of local servers; `var` is the checkout's own or a temporary one."""

    var: Path

    @property
    def log(self) -> Path:
        """Log files, one per process."""
        return self.var / "log"

    @property
    def run(self) -> Path:
        """What is only true while something runs."""
        return self.var / "run"

    @property
    def postgres(self) -> Path:
        """The data folder of PostgreSQL and its socket, unless postgres_home says otherwise."""
        return self.var / "postgres"

    @property
    def redis(self) -> Path:
        """The configuration and working folder of Redis."""
        return self.var / "redis"

    def prepare(self) -> None:
        """Make the folders, and set the logs of the run before aside."""
        for folder in (self.log, self.run / "prometheus", self.redis):
            folder.mkdir(parents=True, exist_ok=True)
        for log in self.log.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))
