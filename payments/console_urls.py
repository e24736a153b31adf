"""Pages of money for administrators, below /console/money/."""

from django.urls import path

from payments.views import console, console_disputes

app_name = "console-money"

urlpatterns = [
    path("", console.platform, name="platform"),
    path("disputes/", console_disputes.disputes, name="disputes"),
    path("stripe-events/", console.stripe_events, name="stripe-events"),
    path("stripe-events/<str:event_id>/replay/", console.replay, name="stripe-event-replay"),
]
