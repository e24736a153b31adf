"""Pages of money, and Stripe's webhook."""

from django.urls import path

from payments.views import history

app_name = "payments"

urlpatterns = [
    path("account/payments/", history.history, name="history"),
    path("account/documents/<str:document>/", history.document, name="document"),
]
