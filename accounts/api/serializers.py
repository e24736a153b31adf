"""Shapes of accounts in the API."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.models import Invitation, Membership, Operator, User, Vehicle, VehicleModel
from accounts.selectors import UserRole
from accounts.services.operators import MAX_REASON
from accounts.services.vehicles import FIELDS, MAX_BATTERY_KWH
from evbooking.core.api.fields import DecimalStringField, InstantField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.models import AuditEntry
from evbooking.core.ocpi import ConnectorType


class AllOptional:
    """For PATCH: every field of the shape may be left out."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()  # type: ignore[misc]
        for field in fields.values():
            field.required = False
        return fields


# -- Cars ------------------------------------------------------------------------------------------
class VehicleInput(StrictSerializer):
    make = serializers.CharField(max_length=60)
    model = serializers.CharField(max_length=80)
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1, min_value=1, max_value=MAX_BATTERY_KWH)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1, min_value=0)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1, min_value=0)
    connectors = serializers.ListField(
        child=serializers.ChoiceField(ConnectorType.choices),
        allow_empty=False,
        max_length=len(ConnectorType),
    )


class VehicleChanges(AllOptional, VehicleInput):
    pass


class VehicleSerializer(serializers.ModelSerializer[Vehicle]):
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1)
    last_updated = InstantField()

    class Meta:
        model = Vehicle
        fields = ["id", *FIELDS, "last_updated"]


class VehicleModelSerializer(serializers.ModelSerializer[VehicleModel]):
    battery_kwh = DecimalStringField(max_digits=5, decimal_places=1)
    max_ac_kw = DecimalStringField(max_digits=5, decimal_places=1)
    max_dc_kw = DecimalStringField(max_digits=6, decimal_places=1)

    class Meta:
        model = VehicleModel
        fields = FIELDS


# -- The person ------------------------------------------------------------------------------------
class ProfileChangesInput(AllOptional, StrictSerializer):
    name = serializers.CharField(max_length=120, allow_blank=True)
    phone = serializers.CharField(max_length=20, allow_blank=True, help_text='E.164, "" for none')
    locale = serializers.ChoiceField(settings.LANGUAGES)
    time_zone = serializers.CharField(max_length=64, help_text="IANA name")


class DeletionInput(StrictSerializer):
    password = serializers.CharField(
        required=False, trim_whitespace=False, max_length=1024, help_text="not needed after a fresh sign-in"
    )


class MembershipSerializer(serializers.ModelSerializer[Membership]):
    """One of the person's own operators."""

    id = serializers.UUIDField(source="operator_id")
    name = serializers.CharField(source="operator.name")

    class Meta:
        model = Membership
        fields = ["id", "name", "role"]


class MeSerializer(serializers.ModelSerializer[User]):
    """The signed-in person; `memberships` and `vehicles` come from the context, fetched once."""

    phone = serializers.CharField()
    roles = serializers.SerializerMethodField()
    operators = serializers.SerializerMethodField()
    vehicles = serializers.SerializerMethodField()
    last_updated = InstantField()

    class Meta:
        model = User
        fields = [
            "id", "email", "name", "phone", "locale", "time_zone", "roles", "operators", "vehicles", "last_updated"
        ]  # fmt: skip

    def get_roles(self, user: User) -> list[UserRole]:
        roles: list[UserRole] = ["driver"]
        roles += ["operator"] if self.context["memberships"] else []
        roles += ["admin"] if user.is_staff else []
        return roles

    def get_operators(self, user: User) -> MembershipSerializer(many=True):  # type: ignore[valid-type]
        return MembershipSerializer(self.context["memberships"], many=True).data

    def get_vehicles(self, user: User) -> VehicleSerializer(many=True):  # type: ignore[valid-type]
        return VehicleSerializer(self.context["vehicles"], many=True).data


# -- Operators -------------------------------------------------------------------------------------
class OperatorInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    website = serializers.URLField(max_length=200, required=False, allow_blank=True)


class OperatorSerializer(serializers.ModelSerializer[Operator]):
    created_at = InstantField()
    last_updated = InstantField()

    class Meta:
        model = Operator
        fields = ["id", "name", "website", "status", "suspension_reason", "created_at", "last_updated"]


class InvitationInput(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(Membership.Role.choices)


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An open invitation; its token goes only into the letter."""

    expires_at = InstantField()

    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "expires_at"]


class RoleInput(StrictSerializer):
    role = serializers.ChoiceField(Membership.Role.choices)


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """One of an operator's people; `id` is the person's."""

    id = serializers.UUIDField(source="user_id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role"]


# -- Administrators --------------------------------------------------------------------------------
class ReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=MAX_REASON)


class OperatorsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=120)
    status = serializers.ChoiceField(Operator.Status.choices, required=False)


class UsersQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=254)
    active = serializers.BooleanField(required=False)


class AuditQuery(serializers.Serializer[Any]):
    actor = serializers.UUIDField(required=False)
    action = serializers.CharField(required=False, max_length=60)
    target_type = serializers.CharField(required=False, max_length=60)
    target_id = serializers.CharField(required=False, max_length=64)


class UserSerializer(serializers.ModelSerializer[User]):
    """A person as administrators see them."""

    phone = serializers.CharField()
    is_administrator = serializers.BooleanField(source="is_staff")
    date_joined = InstantField()
    last_updated = InstantField()

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "name",
            "phone",
            "is_active",
            "is_administrator",
            "date_joined",
            "last_updated",
        ]


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    at = InstantField()
    actor = serializers.UUIDField(source="actor_id", allow_null=True)
    before = serializers.DictField(allow_null=True)
    after = serializers.DictField(allow_null=True)

    class Meta:
        model = AuditEntry
        fields = [
            "id", "at", "actor", "address", "action", "target_type", "target_id", "before", "after", "reason"
        ]  # fmt: skip


class VehicleModelsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, max_length=80)
