"""JSON of unknown origin, read within bounds of memory."""

import json
from collections.abc import Collection
from typing import Final, NoReturn

from stations.importing.records import UnusableSource

MOST_VALUES: Final = 1_000_000
MOST_RECORDS: Final = 20_000


def read_json(content: bytes) -> object:
    """The document in UTF-8 `content`. Raises UnusableSource for what is no JSON (RFC 8259), NaN included.

    Objects and lists are counted before they are built, so that a small file cannot become a large one in memory.
    """
    if content.count(b"{") + content.count(b"[") > MOST_VALUES:
        raise UnusableSource(
            f"The file holds more than {MOST_VALUES:,} objects. Split it and import the parts."
        )
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise UnusableSource(f"The file is not UTF-8 text (byte {error.start:,}).") from error
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(error.doc.rstrip()) - 1 or error.msg.startswith("Unterminated")
        cut = " It seems to be cut off: fetch it again." if is_cut else ""
        raise UnusableSource(
            f"The file is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.{cut}"
        ) from error
    except RecursionError as error:
        raise UnusableSource("The file is not usable JSON: it is nested too deeply.") from error
    except ValueError as error:
        raise UnusableSource(f"The file is not JSON: {error}.") from error


def refuse_too_many(records: Collection[object]) -> None:
    """Raises UnusableSource where there are more records than one import takes."""
    if len(records) > MOST_RECORDS:
        raise UnusableSource(
            f"The file holds {len(records):,} records, more than {MOST_RECORDS:,}. Split it and import the parts."
        )


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")
