"""Addresses of bookings, below /api/v1/."""

from django.urls import path

from bookings.api.bookings import admin, demand, driver, operator, reports

urlpatterns = [
    path("bookings", driver.BookingsView.as_view(), name="bookings"),
    path("bookings/<str:reference>", driver.BookingView.as_view(), name="booking"),
    path("bookings/<str:reference>/confirm", driver.ConfirmView.as_view(), name="booking-confirm"),
    path("bookings/<str:reference>/cancel", driver.CancelView.as_view(), name="booking-cancel"),
    path("bookings/<str:reference>/reschedule", driver.RescheduleView.as_view(), name="booking-reschedule"),
    path("bookings/<str:reference>/start", driver.StartView.as_view(), name="booking-start"),
    path("bookings/<str:reference>/stop", driver.StopView.as_view(), name="booking-stop"),
    path("operator/bookings", operator.OperatorBookingsView.as_view(), name="operator-bookings"),
    path(
        "operator/bookings/<str:reference>", operator.OperatorBookingView.as_view(), name="operator-booking"
    ),
    path(
        "operator/bookings/<str:reference>/approve",
        operator.ApproveView.as_view(),
        name="operator-booking-approve",
    ),
    path(
        "operator/bookings/<str:reference>/reject",
        operator.RejectView.as_view(),
        name="operator-booking-reject",
    ),
    path(
        "operator/bookings/<str:reference>/check-in",
        operator.CheckInView.as_view(),
        name="operator-booking-check-in",
    ),
    path(
        "operator/bookings/<str:reference>/no-show",
        operator.NoShowView.as_view(),
        name="operator-booking-no-show",
    ),
    path("operator/reports/utilisation", reports.UtilisationView.as_view(), name="operator-utilisation"),
    path("operator/reports/demand", demand.DemandView.as_view(), name="operator-demand"),
    path("admin/bookings/<str:reference>", admin.AdminBookingView.as_view(), name="admin-booking"),
]
