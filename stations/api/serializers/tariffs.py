"""Shapes of tariffs: the OCPI Tariff object with our name, version and two fields for idle vehicles."""

from typing import Any

from rest_framework import serializers

from accounts.api.serializers.optional import AllOptional
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.api.serializers import StrictSerializer
from stations.api.serializers.fields import ElementsField, PriceLimitField, TextsField
from stations.api.serializers.stations import OwnerSerializer
from stations.models import Tariff, TariffVersion
from stations.pricing import TariffType, TaxIncluded

MOST_KWH = 10_000
MOST_KW = 5_000


class TariffFields(StrictSerializer):
    """The OCPI fields. What only a whole document can show to be wrong is named by its place in it."""

    currency = serializers.CharField(max_length=3, help_text="ISO 4217")
    tax_included = serializers.ChoiceField([str(option) for option in TaxIncluded])
    elements = ElementsField()
    type = serializers.ChoiceField([str(option) for option in TariffType], required=False, allow_null=True)
    country_code = serializers.CharField(max_length=2, required=False, allow_null=True)
    party_id = serializers.CharField(max_length=3, required=False, allow_null=True)
    tariff_alt_text = TextsField(required=False, allow_null=True)
    tariff_alt_url = serializers.CharField(max_length=255, required=False, allow_null=True)
    min_price = PriceLimitField(required=False, allow_null=True)
    max_price = PriceLimitField(required=False, allow_null=True)
    start_date_time = serializers.CharField(max_length=40, required=False, allow_null=True)
    end_date_time = serializers.CharField(max_length=40, required=False, allow_null=True)
    idle_grace_minutes = serializers.IntegerField(
        min_value=0, max_value=1440, required=False, allow_null=True, help_text="free minutes after charging"
    )
    idle_cap = DecimalStringField(
        max_digits=12,
        decimal_places=4,
        min_value=0,
        required=False,
        allow_null=True,
        help_text="most that idling costs in a session",
    )


class TariffInput(TariffFields):
    """An OCPI Tariff object with the name it has here."""

    operator = serializers.UUIDField(required=False, help_text="needed where you have several")
    name = serializers.CharField(max_length=80)


class TariffChanges(AllOptional, TariffFields):
    """What changes; prices make the next version, null takes an optional field away."""

    name = serializers.CharField(max_length=80)


class TariffSerializer(serializers.ModelSerializer[Tariff]):
    """The OCPI Tariff object in force, under our id, with its operator, name and version."""

    operator = OwnerSerializer()
    version = serializers.IntegerField(source="current.number")
    currency = serializers.CharField(source="current.document.currency")
    tax_included = serializers.CharField(source="current.document.tax_included")
    elements = ElementsField(source="current.document.elements")
    last_updated = InstantField()

    class Meta:
        model = Tariff
        fields = ["id", "operator", "name", "version", "currency", "tax_included", "elements", "last_updated"]

    def to_representation(self, tariff: Tariff) -> dict[str, Any]:
        document = tariff.current.document if tariff.current else {}
        return {**document, **super().to_representation(tariff)}


class TariffVersionSerializer(serializers.ModelSerializer[TariffVersion]):
    """One immutable version; `document` is the OCPI Tariff object."""

    created_at = InstantField()
    created_by = serializers.CharField(source="created_by.get_full_name", allow_null=True, default=None)
    document = serializers.DictField()

    class Meta:
        model = TariffVersion
        fields = ["number", "document", "created_by", "created_at"]


class PreviewInput(StrictSerializer):
    """A stay to be priced. Without `power_kw` the energy flows evenly over the stay."""

    start = InstantField()
    end = InstantField()
    energy_kwh = DecimalStringField(
        max_digits=9, decimal_places=3, min_value=0, max_value=MOST_KWH, required=False
    )
    power_kw = DecimalStringField(
        max_digits=8, decimal_places=3, min_value=0, max_value=MOST_KW, required=False
    )
    version = serializers.IntegerField(min_value=1, required=False, help_text="default: the one in force")
    station = serializers.UUIDField(required=False, help_text="whose time zone; default: the first with it")


class PreviewLineSerializer(serializers.Serializer[Any]):
    dimension = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.CharField(help_text="decimal")
    unit = serializers.CharField(help_text="kWh, h or 1")
    unit_price = MoneyField()
    amount = MoneyField()
    vat = serializers.CharField(allow_null=True, help_text="percentage; null where there is none")


class PreviewSerializer(serializers.Serializer[Any]):
    """What the stay costs."""

    lines = PreviewLineSerializer(many=True)
    total_before_taxes = MoneyField()
    taxes = MoneyField()
    total = MoneyField()
    tax_included = serializers.CharField()


class TariffsQuery(serializers.Serializer[Any]):
    operator = serializers.UUIDField(required=False)
