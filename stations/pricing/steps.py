"""Billing steps: what was used is rounded up once for energy and once for time.

Source: OCPI 2.3.0, mod_cdrs, step_size. The step is that of the last component used. Energy counts over the
whole session. Of the two times only the one that came last is rounded, over all of it that is priced, and
what rounding adds is billed at the last component's price.
"""

from __future__ import annotations

from fractions import Fraction

from stations.pricing.metering import Usage
from stations.pricing.rules import Rule


def round_up_steps(usage: Usage) -> None:
    """Adds to the last energy and the last time component what fills their last step."""
    for rule in (usage.last_energy, usage.last_time):
        if rule is not None:
            usage.quantities[rule] += _missing(usage, rule)


def _missing(usage: Usage, rule: Rule) -> Fraction:
    return -usage.total(rule.component.type) % rule.step
