"""What a check found: two statements about one thing that are not the same."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind` is the check that found it, `subject` a ledger key, an id or a booking's reference."""

    kind: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.detail}"
