from django.urls import path

from evbooking.live.views import LiveView

urlpatterns = [path("live", LiveView.as_view(), name="live")]
