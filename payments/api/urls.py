"""API operations of money, below /api/v1/."""

from django.urls import path

from payments.api import documents, reports

urlpatterns = [
    path("operator/reports/revenue", reports.RevenueView.as_view(), name="operator-revenue"),
    path("documents", documents.DocumentsView.as_view(), name="documents"),
    path("documents/<str:number>.pdf", documents.DocumentPdfView.as_view(), name="document-pdf"),
    path("sessions/<str:session_id>/receipt.pdf", documents.SessionReceiptView.as_view(), name="receipt"),
]
