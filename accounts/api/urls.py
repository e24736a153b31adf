"""API operations of this app, below /api/v1/."""

from django.urls import path

from accounts.api.views import admin, me, operators, vehicles

urlpatterns = [
    path("me", me.MeView.as_view(), name="me"),
    path("me/export", me.ExportView.as_view(), name="me-export"),
    path("vehicles", vehicles.VehiclesView.as_view(), name="vehicles"),
    path("vehicles/<uuid:vehicle_id>", vehicles.VehicleView.as_view(), name="vehicle"),
    path("vehicle-models", vehicles.VehicleModelsView.as_view(), name="vehicle-models"),
    path("operator/operators", operators.OperatorsView.as_view(), name="operators"),
    path("operator/operators/<uuid:operator_id>/members", operators.MembersView.as_view(), name="members"),
    path(
        "operator/operators/<uuid:operator_id>/members/<uuid:user_id>",
        operators.MemberView.as_view(),
        name="member",
    ),
    path("admin/operators", admin.AdminOperatorsView.as_view(), name="admin-operators"),
    path(
        "admin/operators/<uuid:operator_id>/suspend",
        admin.SuspendOperatorView.as_view(),
        name="admin-operator-suspend",
    ),
    path(
        "admin/operators/<uuid:operator_id>/reactivate",
        admin.ReactivateOperatorView.as_view(),
        name="admin-operator-reactivate",
    ),
    path("admin/users", admin.AdminUsersView.as_view(), name="admin-users"),
    path(
        "admin/users/<uuid:user_id>/deactivate",
        admin.DeactivateUserView.as_view(),
        name="admin-user-deactivate",
    ),
    path(
        "admin/users/<uuid:user_id>/reactivate",
        admin.ReactivateUserView.as_view(),
        name="admin-user-reactivate",
    ),
    path("admin/audit", admin.AuditView.as_view(), name="admin-audit"),
]
