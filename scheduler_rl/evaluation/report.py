"""The report of an evaluation: Markdown tables and two SVG plots beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from scheduler_rl.evaluation.svg import bars

Figures = dict[str, dict[str, Any]]
_HEAD: Final = ("policy", "EUR per request", "excess", "gap closed", "refused", "ms per decision")


def write_report(path: Path, result: dict[str, Any]) -> None:
    """Write `path` (Markdown) and, for each demand, `<stem>-x<demand>.svg` beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = ["# Evaluation", _setting(result)]
    for demand, level in result["demand"].items():
        plot = path.with_name(f"{path.stem}-x{demand}.svg")
        plot.write_text(_plot(demand, level["policies"]))
        parts += [f"## Demand x{demand}", _table(level["policies"]), f"![gap closed]({plot.name})"]
        parts += [_paired(level["policies"]), _fairness(level["policies"])]
    if "training_seeds" in result:
        parts.append(_seeds(result["training_seeds"]))
    path.write_text("\n\n".join(parts) + "\n")


def console_table(demand: str, policies: Figures) -> str:
    """The main figures as plain text."""
    rows = [_HEAD, *_rows(policies)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([f"demand x{demand}", *lines])


def _setting(result: dict[str, Any]) -> str:
    return "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in result["setting"].items())


def _rows(policies: Figures) -> list[tuple[str, ...]]:
    return [
        (
            name,
            f"{one['eur_per_request']:.3f}",
            f"{one['excess']:.3f}",
            "" if one["gap_closed"] is None else f"{one['gap_closed']:.1%}",
            f"{one['refusals']:.1%}",
            f"{one['ms_per_decision']:.3f}",
        )
        for name, one in policies.items()
    ]


def _table(policies: Figures) -> str:
    return _markdown(_HEAD, _rows(policies))


def _paired(policies: Figures) -> str:
    """How much dearer the others are than each policy that looks ahead, over the same days."""
    names = [name for name in policies if name in {"bid_price", "rollout"} or name.startswith("dqn")]
    rows = [
        (name, *(_difference(policies[name]["versus"].get(other)) for other in ("greedy", *names)))
        for name in names
    ]
    head = ("EUR per request saved against", "greedy", *names)
    return _markdown(head, rows) if rows else ""


def _difference(versus: dict[str, float] | None) -> str:
    return f"{versus['mean']:+.3f} ± {versus['ci95']:.3f}" if versus else ""


def _fairness(policies: Figures) -> str:
    classes = list(policies["greedy"]["eur_per_class"])
    rows = [
        (name, *(f"{one['eur_per_class'][klass]:.2f}" for klass in classes))
        for name, one in policies.items()
        if one["eur_per_class"]
    ]
    return _markdown(("EUR per request of class", *classes), rows)


def _seeds(seeds: dict[str, Any]) -> str:
    rows = [
        (f"x{demand}", str(len(one["gap_closed"])), f"{one['mean']:.1%} ± {one['ci95']:.1%}")
        for demand, one in seeds.items()
    ]
    return "## Training seeds\n\n" + _markdown(("demand", "seeds", "gap closed, 95 % interval"), rows)


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _plot(demand: str, policies: Figures) -> str:
    known = [name for name in policies if policies[name]["gap_closed"] is not None and name != "greedy"]
    shown = [name for name in known if policies[name]["gap_closed"] > -1]
    values = [100 * policies[name]["gap_closed"] for name in shown]
    return bars(shown, values, title=f"Gap closed at demand x{demand}, % (greedy 0, clairvoyant 100)")
