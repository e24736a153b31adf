"""Pages of this app: the account, and an operator's people."""

from django.urls import path

from accounts.views import members, profile, vehicles

app_name = "accounts"
urlpatterns = [
    path("account/", profile.profile, name="profile"),
    path("account/data/", profile.data, name="data"),
    path("account/data/export/", profile.export, name="export"),
    path("account/delete/", profile.delete, name="delete"),
    path("account/cars/", vehicles.vehicles, name="vehicles"),
    path("account/cars/add/", vehicles.add, name="vehicle-add"),
    path("account/cars/<uuid:vehicle_id>/", vehicles.edit, name="vehicle-edit"),
    path("account/cars/<uuid:vehicle_id>/remove/", vehicles.remove, name="vehicle-remove"),
    path("account/operators/", members.operators, name="operators"),
    path("operator/<uuid:operator_id>/members/", members.members, name="members"),
    path("operator/<uuid:operator_id>/members/<uuid:user_id>/role/", members.member_role, name="member-role"),
    path(
        "operator/<uuid:operator_id>/members/<uuid:user_id>/remove/",
        members.member_remove,
        name="member-remove",
    ),
    path(
        "operator/<uuid:operator_id>/invitations/<uuid:invitation_id>/withdraw/",
        members.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path("invitations/<str:token>/", members.invitation, name="invitation"),
]
