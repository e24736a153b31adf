"""What administrators ask and see."""

from typing import Any

from rest_framework import serializers

from accounts.models import Operator, User
from accounts.services.operators import MAX_REASON
from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer
from evbooking.core.models import AuditEntry


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
