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
