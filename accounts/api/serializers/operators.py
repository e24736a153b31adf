"""Operators and their people."""

from rest_framework import serializers

from accounts.models import Invitation, Membership, Operator
from evbooking.core.api.fields import InstantField
from evbooking.core.api.serializers import StrictSerializer


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
