"""CDRs before they are written: what is billed, priced, with every input of the price beside it."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from charging.bill import Adjustment, Bill, Reserved, bill_cancellation, bill_no_show, bill_session
from charging.models import CDR, Session
from charging.models.cdr import ESTIMATED, RESULT
from charging.periods import profile_of, reservation_period
from charging.stored import recompute
from stations.models import EVSE, TariffVersion
from stations.versions import tariff_of


def session_draft(session: Session, *, now: datetime) -> CDR:
    """The CDR of a completed session; the EVSE was kept from `reserved_from` until the driver plugged in."""
    if session.end is None:
        raise ValueError("A session without an end has no bill.")
    reserved = _reserved(session)
    profile = profile_of(session.charging_periods, session.end)
    zone = ZoneInfo(session.station.time_zone)
    bill = bill_session(tariff_of(session.tariff_version), profile, zone=zone, reserved=reserved)
    kept = reservation_period(*reserved) if reserved else []
    return CDR(
        kind=CDR.Kind.SESSION,
        session=session,
        booking_reference=session.booking_reference,
        driver_id=session.driver_id,
        station=session.station,
        evse_uid=session.evse.uid,
        start=reserved[0] if reserved else session.start,
        end=session.end,
        reserved_from=reserved and reserved[0],
        reserved_until=reserved and reserved[1],
        kwh=session.kwh,
        charging_periods=[*kept, *session.charging_periods],
        remark=ESTIMATED if session.meter_stop is None else "",
        **_of_tariff(session.tariff_version, zone),
        **_of_bill(bill, now),
    )


def no_show_draft(
    driver: User,
    *,
    booking_reference: str,
    evse: EVSE,
    reserved: Reserved,
    tariff_version: TariffVersion,
    noshow_fee: Decimal,
    now: datetime,
) -> CDR:
    """The CDR of a reservation [from, until) that nobody came for."""
    zone = ZoneInfo(evse.station.time_zone)
    bill = bill_no_show(tariff_of(tariff_version), reserved=reserved, zone=zone, fee=noshow_fee)
    return CDR(
        kind=CDR.Kind.NO_SHOW,
        booking_reference=booking_reference,
        driver=driver,
        station=evse.station,
        evse_uid=evse.uid,
        start=reserved[0],
        end=reserved[1],
        reserved_from=reserved[0],
        reserved_until=reserved[1],
        kwh=Decimal(0),
        charging_periods=reservation_period(*reserved),
        fee=noshow_fee,
        remark=f"no-show, {ESTIMATED}",
        **_of_tariff(tariff_version, zone),
        **_of_bill(bill, now),
    )


def cancellation_draft(
    driver: User,
    *,
    booking_reference: str,
    evse: EVSE,
    slot: Reserved,
    tariff_version: TariffVersion,
    fee: Decimal,
    now: datetime,
) -> CDR:
    """The CDR of a slot [start, end) that was canceled late. Nothing was reserved for its price, nothing used."""
    bill = bill_cancellation(tariff_of(tariff_version), fee=fee)
    return CDR(
        kind=CDR.Kind.CANCELLATION,
        booking_reference=booking_reference,
        driver=driver,
        station=evse.station,
        evse_uid=evse.uid,
        start=slot[0],
        end=slot[1],
        kwh=Decimal(0),
        charging_periods=[],
        fee=fee,
        remark="late cancellation",
        **_of_tariff(tariff_version, ZoneInfo(evse.station.time_zone)),
        **_of_bill(bill, now),
    )


def adjusted_draft(cdr: CDR, adjustment: Adjustment, *, now: datetime) -> CDR:
    """The next revision of a bill: the same inputs, and one more adjustment."""
    draft = CDR(**{name: getattr(cdr, name) for name in _INPUTS})
    draft.revision += 1
    document = {"amount": adjustment.amount.as_json(), "reason": adjustment.reason}
    draft.adjustments = [*cdr.adjustments, document]
    for name, value in _of_bill(recompute(draft), now).items():
        setattr(draft, name, value)
    return draft


def _reserved(session: Session) -> Reserved | None:
    """From the slot's start, or from plugging in where that was earlier, until plugging in."""
    if session.reserved_from is None:
        return None
    return min(session.reserved_from, session.start), session.start


def _of_tariff(version: TariffVersion, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "tariff_version": version,
        "tariff": version.document,
        "currency": version.document["currency"],
        "time_zone": zone.key,
    }


_INPUTS = tuple(
    field.attname
    for field in CDR._meta.concrete_fields
    if field.name not in {"id", "credit_of", *RESULT, "issued_at"}
)


def _of_bill(bill: Bill, now: datetime) -> dict[str, Any]:
    return {
        "lines": list(bill.lines),
        "vat": [row.as_json() for row in bill.vat],
        "total_before_taxes": bill.total_before_taxes.amount,
        "total_taxes": bill.taxes.amount,
        "total_after_taxes": bill.total.amount,
        "tax_included": bill.tax_included,
        "issued_at": now,
    }
