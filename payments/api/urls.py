"""API operations of money, below /api/v1/."""

from django.urls import path

from payments.api import documents, payments, platform, reports

urlpatterns = [
    path("admin/reports/platform", platform.PlatformView.as_view(), name="admin-platform-report"),
    path("operator/reports/revenue", reports.RevenueView.as_view(), name="operator-revenue"),
    path("payments", payments.PaymentsView.as_view(), name="payments"),
    path("documents", documents.DocumentsView.as_view(), name="documents"),
    path("documents/<str:number>.pdf", documents.DocumentPdfView.as_view(), name="document-pdf"),
    path("sessions/<str:session_id>/receipt.pdf", documents.SessionReceiptView.as_view(), name="receipt"),
]
