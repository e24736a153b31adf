"""Addresses of sessions, below /api/v1/."""

from django.urls import path

from charging.api import views

urlpatterns = [
    path("sessions", views.SessionsView.as_view(), name="sessions"),
    path("sessions/<str:session_id>", views.SessionView.as_view(), name="session"),
    path("operator/sessions", views.OperatorSessionsView.as_view(), name="operator-sessions"),
    path("operator/sessions/<str:session_id>", views.OperatorSessionView.as_view(), name="operator-session"),
]
