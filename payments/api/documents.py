"""Invoices, credit notes and receipts: the list, and each as PDF."""

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers

from accounts.api.views.requests import SignedInRequest
from charging.selectors import sessions_of
from evbooking.core.api.etag import conditional
from evbooking.core.api.fields import InstantField, MoneyField
from evbooking.core.api.pagination import OpaqueCursorPagination, paginate
from evbooking.core.api.views import ApiView
from evbooking.core.errors import NotFound
from evbooking.core.money import Money
from payments.documents.answer import pdf_answer
from payments.models import Document
from payments.selectors.documents import document_of_number, documents_of, receipt_of_booking

_PDF = {(200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The document")}


class DocumentShape(serializers.Serializer[Any]):
    number = serializers.CharField()
    kind = serializers.ChoiceField(Document.Kind.choices)
    booking = serializers.CharField()
    total = MoneyField()
    issued_at = InstantField()
    pdf = serializers.CharField(help_text="where the PDF is")


class DocumentsView(ApiView):
    pagination_class = OpaqueCursorPagination

    @extend_schema(tags=["payments"], operation_id="documents", responses=DocumentShape(many=True))
    def get(self, request: SignedInRequest) -> HttpResponseBase:
        """The driver's invoices, credit notes and receipts, the newest first."""
        page = paginate(request, documents_of(request.user), ["-issued_at", "id"])
        parts = (request.user.pk, request.META["QUERY_STRING"], page.next, page.previous)
        known = conditional(request, *parts, *(document.number for document in page.items))
        return known or page.answer([_row(document) for document in page.items])


class DocumentPdfView(ApiView):
    @extend_schema(tags=["payments"], operation_id="document_pdf", responses=_PDF)
    def get(self, request: SignedInRequest, number: str) -> HttpResponseBase:
        """A document of the driver's own, or of an operator the caller manages, as PDF."""
        return _pdf(request, document_of_number(request.user, number))


class SessionReceiptView(ApiView):
    @extend_schema(tags=["bookings"], operation_id="session_receipt", responses=_PDF)
    def get(self, request: SignedInRequest, session_id: str) -> HttpResponseBase:
        """The receipt of a session paid online, or its invoice until it is settled. 404 where there is neither."""
        session = sessions_of(request.user).filter(pk=_uuid(session_id)).first()
        reference = session.booking_reference if session else None
        return _pdf(request, receipt_of_booking(request.user, reference) if reference else None)


def _pdf(request: SignedInRequest, document: Document | None) -> HttpResponseBase:
    if document is None:
        raise NotFound
    return conditional(request, document.number) or pdf_answer(document)


def _row(document: Document) -> dict[str, Any]:
    return {
        "number": document.number,
        "kind": document.kind,
        "booking": document.booking_reference,
        "total": Money(document.total, document.currency).as_json(),
        "issued_at": document.issued_at,
        "pdf": f"/api/v1/documents/{document.number}.pdf",
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
