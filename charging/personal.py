"""What a person's data export holds of charging."""

from typing import Any

from accounts.exporting import export_rows
from accounts.models import User
from charging.models import CDR, Session


def export_sessions(user: User) -> list[dict[str, Any]]:
    """All sessions of a person, the latest first."""
    found = Session.objects.filter(driver=user).order_by("-start")
    where = ("booking_reference", "station__name", "evse__uid", "connector")
    return export_rows(found, "id", *where, "status", "start", "end", "kwh")


def export_bills(user: User) -> list[dict[str, Any]]:
    """All bills and credits of a person, the latest first."""
    names = (
        "id",
        "kind",
        "session_id",
        "booking_reference",
        "credit_of_id",
        "start",
        "end",
        "kwh",
        "currency",
    )
    more = ("lines", "vat", "total_before_taxes", "total_taxes", "total_after_taxes", "remark", "issued_at")
    return list(CDR.objects.filter(driver=user).order_by("-issued_at").values(*names, *more))
