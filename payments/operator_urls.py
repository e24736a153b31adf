"""Pages of an operator's money, below /operator/money/."""

from django.urls import path

from payments.views import revenue
from payments.views.operator import disputes, home, onboarding, payouts, plan, refund, statement

app_name = "operator-money"

urlpatterns = [
    path("", home.home, name="home"),
    path("account/", onboarding.onboarding, name="onboarding"),
    path("account/stripe/", onboarding.start, name="onboarding-start"),
    path("account/return/", onboarding.returned, name="onboarding-return"),
    path("payouts/", payouts.payouts, name="payouts"),
    path("statements/<int:year>/<int:month>/", statement.month, name="statement"),
    path("bookings/<reference:reference>/refund/", refund.refund, name="refund"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:dispute_id>/", disputes.dispute, name="dispute"),
    path("plan/", plan.plan, name="plan"),
    path("plan/return/", plan.returned, name="plan-return"),
    path("revenue/", revenue.revenue, name="revenue"),
]
