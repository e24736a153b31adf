"""The signed-in person."""

from django.conf import settings
from rest_framework import serializers

from accounts.api.serializers.optional import AllOptional
from accounts.api.serializers.vehicles import VehicleSerializer
from accounts.models import Membership, User
from accounts.selectors import UserRole
from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer


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
