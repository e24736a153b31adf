"""Issuing CDRs and taking them back. None is ever changed: a wrong one is credited, and issued anew."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from charging.drafts import no_show_draft, session_draft
from charging.errors import AlreadyBilled, AlreadyCredited
from charging.models import CDR, Session, SessionStatus
from charging.stored import stored_bill
from evbooking.core import audit, events
from evbooking.core.errors import WrongState
from stations.models import EVSE, TariffVersion


@transaction.atomic
def issue_cdr(session: Session, *, actor: User | None, now: datetime) -> CDR:
    """The bill of a completed session, by the tariff version it began under.

    Raises WrongState while it runs, AlreadyBilled while a bill of it stands.
    """
    if session.status != SessionStatus.COMPLETED:
        raise WrongState("Only a session that is over can be billed.")
    cdr = session_draft(session, now=now)
    cdr.revision = _next_revision(CDR.objects.filter(session=session))
    return _issue(cdr, actor=actor, now=now)


@transaction.atomic
def issue_no_show_cdr(
    driver: User,
    *,
    booking_reference: str,
    evse: EVSE,
    reserved_from: datetime,
    released_at: datetime,
    tariff_version: TariffVersion,
    noshow_fee: Decimal,
    actor: User | None,
    now: datetime,
) -> CDR:
    """The bill of a booking nobody came for, also where it comes to nothing: a CDR without a session.

    [reserved_from, released_at) is how long the EVSE was kept; `noshow_fee` is that of the accepted terms, in the
    tariff's currency. Raises AlreadyBilled.
    """
    cdr = no_show_draft(
        driver,
        booking_reference=booking_reference,
        evse=evse,
        reserved=(reserved_from, released_at),
        tariff_version=tariff_version,
        noshow_fee=noshow_fee,
        now=now,
    )
    cdr.revision = _next_revision(CDR.objects.filter(booking_reference=booking_reference))
    return _issue(cdr, actor=actor, now=now)


@transaction.atomic
def credit_cdr(cdr: CDR, *, reason: str, actor: User | None, now: datetime) -> CDR:
    """Take a bill back: a credit CDR of the same with the opposite sign (OCPI 2.3.0, mod_cdrs, Credit CDRs).

    Raises AlreadyCredited when that was done before, or when it is a credit itself.
    """
    if cdr.credit_of_id is not None:
        raise AlreadyCredited("A credit is not credited: issue the right bill instead.")
    bill = -stored_bill(cdr)
    credit = CDR(
        **{name: getattr(cdr, name) for name in _COPIED},
        credit_of=cdr,
        lines=list(bill.lines),
        vat=[row.as_json() for row in bill.vat],
        total_before_taxes=bill.total_before_taxes.amount,
        total_taxes=bill.taxes.amount,
        total_after_taxes=bill.total.amount,
        remark=reason[:255],
        issued_at=now,
    )
    try:
        with transaction.atomic():
            credit.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyCredited from error
    _note(credit, "cdr.credited", actor=actor, now=now)
    return credit


_OWN_TO_A_CREDIT = {
    "id",
    "credit_of",
    "lines",
    "vat",
    "total_before_taxes",
    "total_taxes",
    "total_after_taxes",
    "remark",
    "issued_at",
}
_COPIED = tuple(field.attname for field in CDR._meta.concrete_fields if field.name not in _OWN_TO_A_CREDIT)


def _issue(cdr: CDR, *, actor: User | None, now: datetime) -> CDR:
    try:
        with transaction.atomic():
            cdr.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyBilled from error
    _note(cdr, "cdr.issued", actor=actor, now=now)
    return cdr


def _next_revision(issued: QuerySet[CDR]) -> int:
    """1, or one more than there are. Raises AlreadyBilled while one of them stands."""
    originals = list(issued.filter(credit_of=None).values_list("credited_by", flat=True))
    if None in originals:
        raise AlreadyBilled
    return len(originals) + 1


def _note(cdr: CDR, event: str, *, actor: User | None, now: datetime) -> None:
    after = {"total": stored_bill(cdr).total.as_json(), "revision": cdr.revision}
    audit.record(event, target=cdr, actor=actor, before=None, after=after, reason=cdr.remark)
    data: dict[str, Any] = {
        "cdr_id": cdr.pk,
        "kind": cdr.kind,
        "credit_of": cdr.credit_of_id,
        "session_id": cdr.session_id,
        "reference": cdr.booking_reference,
        "station_id": cdr.station_id,
        "driver_id": cdr.driver_id,
        **after,
    }
    events.publish(event, subject=f"cdr:{cdr.pk}", data=data, actor=actor, now=now)
