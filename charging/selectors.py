"""Sessions and bills of those who may see them: every question is scoped to the asker in the query itself."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.models import Membership, User
from charging.models import CDR, Session


def sessions_of(driver: User) -> QuerySet[Session]:
    """A driver's sessions with what their document needs."""
    return _shown().filter(driver=driver)


def sessions_of_operator(operators: Iterable[UUID] | QuerySet[Membership, UUID]) -> QuerySet[Session]:
    """The sessions at the stations of these operators (ids, or a subquery of them)."""
    return _shown().filter(station__operator__in=operators)


def updated_since(sessions: QuerySet[Session], instant: datetime | None) -> QuerySet[Session]:
    """Those that changed then or later; all for None."""
    return sessions if instant is None else sessions.filter(last_updated__gte=instant)


def standing_cdr(session: Session) -> CDR | None:
    """The session's bill that was not taken back; needs the prefetched `cdrs` of `sessions_of`."""
    cdrs = list(session.cdrs.all())
    credited = {cdr.credit_of_id for cdr in cdrs}
    return next((cdr for cdr in cdrs if cdr.credit_of_id is None and cdr.pk not in credited), None)


def bill_of_booking(reference: str) -> CDR | None:
    """What a booking was billed by a CDR that stands, of a session or of a no-show."""
    return CDR.objects.filter(booking_reference=reference, credit_of=None, credited_by=None).first()


def session_of_booking(reference: str) -> Session | None:
    """The session that fulfils a booking, with what billing it needs."""
    related = ("evse", "station", "tariff_version")
    return Session.objects.select_related(*related).filter(booking_reference=reference).first()


def session_id_of(reference: str) -> UUID | None:
    return Session.objects.filter(booking_reference=reference).values_list("pk", flat=True).first()


def _shown() -> QuerySet[Session]:
    cdrs = Prefetch("cdrs", CDR.objects.order_by("issued_at"))
    return Session.objects.select_related("station", "evse").prefetch_related(cdrs)
