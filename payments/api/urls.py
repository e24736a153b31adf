"""API operations of money, below /api/v1/."""

from django.urls import path

from payments.api import checkout, documents, payments, platform, replacement, reports
from payments.api.operator import payouts, plan, statements

urlpatterns = [
    path("admin/reports/platform", platform.PlatformView.as_view(), name="admin-platform-report"),
    path("operator/balance", payouts.BalanceView.as_view(), name="operator-balance"),
    path("operator/payouts", payouts.PayoutsView.as_view(), name="operator-payouts"),
    path("operator/plan", plan.PlanView.as_view(), name="operator-plan"),
    path("operator/statements", statements.StatementsView.as_view(), name="operator-statements"),
    path("operator/statements/<str:month>.pdf", statements.StatementPdfView.as_view(), name="statement-pdf"),
    path("operator/statements/<str:month>.csv", statements.StatementCsvView.as_view(), name="statement-csv"),
    path("operator/reports/revenue", reports.RevenueView.as_view(), name="operator-revenue"),
    path("bookings/<str:reference>/checkout", checkout.CheckoutView.as_view(), name="checkout"),
    path("series/<str:series_id>/checkout", checkout.SeriesCheckoutView.as_view(), name="series-checkout"),
    path(
        "bookings/<str:reference>/replacement",
        replacement.ReplacementView.as_view(),
        name="booking-replacement",
    ),
    path("payment-methods", checkout.CardsView.as_view(), name="payment-methods"),
    path("payment-methods/<str:method_id>", checkout.CardView.as_view(), name="payment-method"),
    path("payments", payments.PaymentsView.as_view(), name="payments"),
    path("documents", documents.DocumentsView.as_view(), name="documents"),
    path("documents/<str:number>.pdf", documents.DocumentPdfView.as_view(), name="document-pdf"),
    path("sessions/<str:session_id>/receipt.pdf", documents.SessionReceiptView.as_view(), name="receipt"),
]
