"""The connectors of an EVSE, always given as the whole list."""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import FieldError
from evbooking.core.ocpi import ConnectorFormat, ConnectorType, PowerType
from stations.models import EVSE, Connector
from stations.models.evse import PHASES
from stations.services.fields import ConnectorFields
from stations.services.journal import Change, announce_station, record
from stations.services.locks import lock_evse
from stations.services.validation import below, check_model, refuse_if

_DC_ONLY: Final = {
    ConnectorType.IEC_62196_T1_COMBO,
    ConnectorType.IEC_62196_T2_COMBO,
    ConnectorType.CHADEMO,
    ConnectorType.GBT_DC,
    ConnectorType.MCS,
}
_AC_ONLY: Final = {ConnectorType.IEC_62196_T1, ConnectorType.GBT_AC, ConnectorType.DOMESTIC_F}
_USUAL_VOLTAGE: Final = {PowerType.AC_1_PHASE: 230, PowerType.AC_3_PHASE: 230, PowerType.DC: 400}
_MOST_AT_ONE_EVSE: Final = 10
_MOST_KW: Final = 5000


@transaction.atomic
def set_connectors(
    evse: EVSE, *, connectors: Sequence[ConnectorFields], actor: User | None
) -> list[Connector]:
    """The EVSE's connectors, replaced by these; nothing is written where nothing differs. Raises Invalid."""
    now = timezone.now()
    locked = lock_evse(evse)
    before = describe_connectors(locked)
    written = write_connectors(locked, connectors)
    after = describe_connectors(locked)
    if before != after:
        locked.save(update_fields=["last_updated"])
        values = ({"connectors": before}, {"connectors": after})
        change = Change(locked.station, "evse.connectors", actor, now, *values, evse=locked)
        record(change)
        announce_station("station.changed", change)
    return written


def write_connectors(evse: EVSE, connectors: Sequence[ConnectorFields]) -> list[Connector]:
    """Store the list inside a service of the EVSE: rows are kept by their id in the EVSE. Raises Invalid."""
    refuse_if(_list_errors(connectors))
    present = {connector.connector_id: connector for connector in evse.connectors.all()}
    wanted, errors = [], []
    for index, fields in enumerate(connectors):
        connector_id = fields.get("id") or str(index + 1)
        connector = present.pop(connector_id, None) or Connector(evse=evse, connector_id=connector_id)
        errors += below(f"connectors.{index}", _assign(connector, fields))
        wanted.append(connector)
    refuse_if(errors)
    Connector.objects.filter(pk__in=[connector.pk for connector in present.values()]).delete()
    for connector in wanted:
        if connector._state.adding or _changed(connector):
            connector.save()
    return wanted


def new_connectors(evse: EVSE, connectors: Sequence[ConnectorFields]) -> list[Connector]:
    """Unsaved connectors for an EVSE that has none yet, for who saves many at once. Raises Invalid."""
    refuse_if(_list_errors(connectors))
    made, errors = [], []
    for index, fields in enumerate(connectors):
        connector = Connector(evse=evse, connector_id=fields.get("id") or str(index + 1))
        errors += below(f"connectors.{index}", _assign(connector, fields))
        made.append(connector)
    refuse_if(errors)
    return made


def describe_connectors(evse: EVSE) -> list[dict[str, Any]]:
    """The connectors of an EVSE as JSON, for the audit."""
    names = (
        "connector_id",
        "standard",
        "format",
        "power_type",
        "max_voltage",
        "max_amperage",
        "max_electric_power",
    )
    return list(evse.connectors.order_by("connector_id").values(*names))


def _list_errors(connectors: Sequence[ConnectorFields]) -> list[FieldError]:
    if len(connectors) > _MOST_AT_ONE_EVSE:
        return [
            FieldError("connectors", "out_of_range", f"An EVSE has at most {_MOST_AT_ONE_EVSE} connectors.")
        ]
    ids = [fields.get("id") or str(index + 1) for index, fields in enumerate(connectors)]
    return [
        FieldError(f"connectors.{index}.id", "invalid", "Another connector of the EVSE has this id.")
        for index, connector_id in enumerate(ids)
        if connector_id in ids[:index]
    ]


def _assign(connector: Connector, fields: ConnectorFields) -> list[FieldError]:
    connector.standard = fields.get("standard", "")
    connector.power_type = fields.get("power_type", "")
    connector.format = fields.get("format") or ConnectorFormat.SOCKET
    errors = check_model(connector, only={"connector_id", "standard", "power_type", "format"})
    errors = [FieldError("id", e.code, e.detail) if e.field == "connector_id" else e for e in errors]
    return errors or _kind_errors(connector) or _assign_power(connector, fields)


def _kind_errors(connector: Connector) -> list[FieldError]:
    wrong = _AC_ONLY if connector.is_dc else _DC_ONLY
    if connector.standard not in wrong:
        return []
    name = connector.get_standard_display()
    return [FieldError("power_type", "invalid", f"{name} is {'AC' if connector.is_dc else 'DC'} only.")]


def _assign_power(connector: Connector, fields: ConnectorFields) -> list[FieldError]:
    """Voltage, amperage and power from what is given: the power alone is enough, so are V and A."""
    phases = PHASES[PowerType(connector.power_type)]
    power, amperage = fields.get("max_power_kw"), fields.get("max_amperage")
    voltage = fields.get("max_voltage") or _USUAL_VOLTAGE[PowerType(connector.power_type)]
    if power is None and amperage is None:
        return [FieldError("max_power_kw", "required", "State the power, or voltage and amperage.")]
    watts = Decimal(voltage * (amperage or 0) * phases) if power is None else power * 1000
    if not 1 <= watts <= _MOST_KW * 1000:
        return [
            FieldError("max_power_kw", "out_of_range", f"This must be above 0 and at most {_MOST_KW} kW.")
        ]
    needed = (watts / (voltage * phases)).to_integral_value(ROUND_CEILING)
    connector.max_voltage = voltage
    connector.max_amperage = int(needed) if amperage is None else amperage
    connector.max_electric_power = int(watts)
    return check_model(connector, only={"max_voltage", "max_amperage"})


def _changed(connector: Connector) -> bool:
    names = ("standard", "format", "power_type", "max_voltage", "max_amperage", "max_electric_power")
    return not Connector.objects.filter(
        pk=connector.pk, **{name: getattr(connector, name) for name in names}
    ).exists()
