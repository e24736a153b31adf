"""The shapes of documents.py for the OpenAPI document, and the query of a list."""

from typing import Any

from rest_framework import serializers

from charging.models import CDR, AuthMethod, SessionStatus
from evbooking.core.api.fields import DecimalStringField, InstantField, MoneyField
from evbooking.core.ocpi import ConnectorType

Shape = serializers.Serializer[Any]


class BillLine(Shape):
    dimension = serializers.CharField()
    description = serializers.CharField()
    quantity = serializers.CharField(help_text="decimal")
    unit = serializers.CharField(help_text="kWh, h or 1")
    unit_price = MoneyField()
    amount = MoneyField()
    vat = serializers.CharField(allow_null=True, help_text="percentage; null where there is none")


class BillVat(Shape):
    """All that is taxed at one rate; the rows add up to the totals."""

    rate = serializers.CharField(allow_null=True, help_text="percentage; null for what no VAT applies to")
    before_taxes = MoneyField()
    taxes = MoneyField()
    after_taxes = MoneyField()


class CostShape(Shape):
    """What is charged: `total` is the sum of the lines' amounts."""

    lines = BillLine(many=True)
    total_before_taxes = MoneyField()
    taxes = MoneyField()
    total = MoneyField()
    tax_included = serializers.ChoiceField(["YES", "NO", "N/A"])
    vat = BillVat(many=True)


class CdrShape(Shape):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(CDR.Kind.choices)
    session = serializers.UUIDField(allow_null=True, help_text="null where nobody charged")
    start = InstantField()
    end = InstantField()
    energy_kwh = DecimalStringField(max_digits=10, decimal_places=3)
    remark = serializers.CharField(
        allow_blank=True, help_text="'estimated, no meter' while no charger reports"
    )
    issued_at = InstantField()


class BillShape(CostShape):
    cdr = CdrShape()


class SessionStation(Shape):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    time_zone = serializers.CharField(help_text="IANA, of the site")


class Dimension(Shape):
    type = serializers.ChoiceField(["ENERGY", "TIME", "PARKING_TIME", "RESERVATION_TIME", "POWER"])
    volume = serializers.CharField(help_text="decimal: kWh, h or kW")


class ChargingPeriodShape(Shape):
    """OCPI's ChargingPeriod; it ends where the next begins, the last one with the session."""

    start_date_time = InstantField()
    dimensions = Dimension(many=True)


class SessionShape(Shape):
    id = serializers.UUIDField()
    booking = serializers.CharField(allow_null=True, help_text="reference")
    station = SessionStation()
    evse_uid = serializers.CharField()
    connector = serializers.ChoiceField(ConnectorType.choices)
    status = serializers.ChoiceField(SessionStatus.choices)
    auth_method = serializers.ChoiceField(AuthMethod.choices)
    start = InstantField()
    end = InstantField(allow_null=True)
    energy_kwh = DecimalStringField(
        max_digits=10, decimal_places=3, help_text="0 until something is reported"
    )
    power_kw = DecimalStringField(
        max_digits=7, decimal_places=2, allow_null=True, help_text="while ACTIVE; the booking's"
    )
    state_of_charge = serializers.IntegerField(allow_null=True, help_text="percent")
    remark = serializers.CharField(allow_blank=True)
    cost = CostShape(allow_null=True)
    charging_periods = ChargingPeriodShape(many=True)
    cdr = CdrShape(allow_null=True)
    last_updated = InstantField()


class SessionsQuery(serializers.Serializer[Any]):
    updated_since = InstantField(required=False)


class OperatorSessionsQuery(SessionsQuery):
    operator = serializers.CharField(max_length=64, required=False)
