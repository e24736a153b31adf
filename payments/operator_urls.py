"""Pages of an operator's money, below /operator/money/."""

from django.urls import path

from payments.views import revenue

app_name = "operator-money"

urlpatterns = [
    path("revenue/", revenue.revenue, name="revenue"),
]
