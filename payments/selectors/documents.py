"""Documents of those who may see them: the driver's own, and an operator's to those who run its money."""

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.selectors import operator_ids
from payments.models import Document


def documents_of(driver: User) -> QuerySet[Document]:
    """The documents made out to the driver."""
    return Document.objects.filter(driver=driver)


def documents_seen_by(user: User) -> QuerySet[Document]:
    """The user's own, those of the operators it manages, and for an administrator all."""
    if user.is_staff:
        return Document.objects.all()
    managed = operator_ids(user, minimum=Membership.Role.MANAGER)
    return Document.objects.filter(Q(driver=user) | Q(operator__in=managed))


def receipt_of_booking(driver: User, reference: str) -> Document | None:
    """The newest receipt of a driver's booking; until it is settled its newest invoice; None for neither."""
    papers = documents_of(driver).filter(booking_reference=reference)
    receipt = papers.filter(kind=Document.Kind.RECEIPT).first()
    return receipt or papers.filter(kind=Document.Kind.INVOICE).first()


def document_of_number(user: User, number: str) -> Document | None:
    """A document that the user may see."""
    return documents_seen_by(user).filter(number=number).first()
