"""The uid of an imported EVSE: that of its source, unless somebody else's EVSE has or had it."""

import re
from collections.abc import Container
from hashlib import blake2b
from typing import Final

from accounts.models import Operator

_USABLE: Final = re.compile(r"[A-Za-z0-9*_.:-]{1,36}")


def uids(operator: Operator, location: str, uid: str) -> list[str]:
    """The uids that an EVSE of the source may have here, best first; its row is found again by any of them.

    After its own come the one prefixed by its location, and a digest of operator, location and uid, 120 bits,
    which is always usable.
    """
    digest = blake2b("\0".join((str(operator.pk), location, uid)).encode(), digest_size=15).hexdigest()
    return [one for one in (uid, f"{location}:{uid}") if _USABLE.fullmatch(one)] + [f"EVB-{digest}"]


def free_uid(operator: Operator, location: str, uid: str, taken: Container[str]) -> str:
    """The first of `uids` that nobody has."""
    candidates = uids(operator, location, uid)
    return next((one for one in candidates if one not in taken), candidates[-1])
