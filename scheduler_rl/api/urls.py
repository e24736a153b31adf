"""Below /api/v1/."""

from django.urls import path

from scheduler_rl.api.hints import PriceHintView

urlpatterns = [
    path("operator/reports/price-hint", PriceHintView.as_view(), name="operator-price-hint"),
]
