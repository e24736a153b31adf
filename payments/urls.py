"""Pages of money, and Stripe's webhook."""

from django.urls import path

from payments.views import checkout, history, methods, replacement, returning, webhook

app_name = "payments"

urlpatterns = [
    path("payments/stripe/webhook", webhook.stripe_webhook, name="webhook"),
    path("bookings/<reference:reference>/checkout/", checkout.checkout, name="checkout"),
    path("bookings/<reference:reference>/checkout/return/", returning.returned, name="return"),
    path("bookings/<reference:reference>/stay/", replacement.stay, name="stay"),
    path("account/payments/", history.history, name="history"),
    path("account/payments/cards/", methods.methods, name="methods"),
    path("account/documents/<str:document>/", history.document, name="document"),
]
