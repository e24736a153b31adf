"""``python -m scheduler_rl.evaluate``: policies over simulated days of files or of a generated city.

Needs numpy, scipy and tqdm only (requirements/eval.txt). Shadow prices are fitted on days up to --fit-until, test
days drawn from --test-from on; sessions between the two dates are not looked at. With --json, demands that are
finished are kept beside it: the same command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.stats import t as student
from tqdm import tqdm

from scheduler_rl.checkpoints import SHIPPED, load_network
from scheduler_rl.evaluation.contest import NAMES, Contest
from scheduler_rl.evaluation.figures import Played, joined, summary
from scheduler_rl.evaluation.keeping import Finished, digest_of_run, forget
from scheduler_rl.evaluation.report import console_table, write_report
from scheduler_rl.evaluation.world import Files, fit_and_test, generated_pair
from scheduler_rl.kernel.disturbances import Disturbances
from scheduler_rl.policies.network import Network, WrongArtefact
from scheduler_rl.worlds.city import City, Kind
from scheduler_rl.worlds.deviations import read_deviations
from scheduler_rl.worlds.files import BadFile
from scheduler_rl.worlds.hamburg import CENTRE, NEAREST

# which kinds of days are played, and what share of --days each has
SHARES: Final[dict[str, dict[Kind, float]]] = {
    "weekday": {"weekday": 1.0},
    "weekend": {"weekend": 1.0},
    "all": {"weekday": 5 / 7, "weekend": 2 / 7},
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation; 0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    try:
        _write(options, evaluate(options))
    except (OSError, BadFile, WrongArtefact, ValueError, RuntimeError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def evaluate(options: argparse.Namespace) -> dict[str, Any]:
    """The result of the command as it is written to --json; tables go to standard output."""
    fit, test = _cities(options)
    setting = _setting(options, fit, test)
    print("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in setting.items()))  # noqa: T201
    networks = [load_network(path) for path in options.checkpoint] if "dqn" in options.policies else []
    finished = Finished(options.json, digest_of_run(options))
    levels: dict[str, Any] = {}
    for demand in options.demand:
        name = f"{demand:g}"
        policies = finished.get(name) or _figures(options, fit, test, demand, networks)
        finished.keep(name, policies)
        levels[name] = {"policies": policies}
        print("\n" + console_table(name, policies))  # noqa: T201
    result = {"setting": setting, "demand": levels}
    if len(networks) > 1:
        known = {demand: its["policies"] for demand, its in levels.items() if _has_gap(its["policies"])}
        if known:
            result["training_seeds"] = {demand: _over_seeds(its) for demand, its in known.items()}
    return result


def _write(options: argparse.Namespace, result: dict[str, Any]) -> None:
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    if options.report:
        write_report(options.report, result)
    forget(options.json)


def _cities(options: argparse.Namespace) -> tuple[City, City]:
    if options.generated:
        return generated_pair(options.generated)
    if not (
        options.sites and options.sessions and options.prices and options.fit_until and options.test_from
    ):
        raise ValueError(
            "--sites, --sessions, --prices, --fit-until and --test-from, or --generated STATIONS"
        )
    files = Files(options.sites, options.sessions, options.prices, options.centre, options.nearest)
    return fit_and_test(files, fit_until=options.fit_until, test_from=options.test_from)


def _figures(
    options: argparse.Namespace, fit: City, test: City, demand: float, networks: list[Network]
) -> dict[str, dict[str, Any]]:
    """Every policy at one demand, over the days of all kinds together."""
    disturbances = Disturbances(read_deviations()) if options.disturbances == "fitted" else None
    played: dict[str, list[Played]] = {}
    empty = []
    with tqdm(bar_format="{desc} {elapsed}", leave=False) as bar:
        for kind, days in _days_of(options, test).items():
            contest = Contest(
                fit,
                test,
                kind,
                days,
                options.seeds,
                options.policies,
                networks,
                disturbances,
                options.shadow_days,
                options.bound,
                bar.set_description_str,
            )
            its, nothing = contest.at(demand)
            empty.append(nothing)
            for name, one in its.items():
                played.setdefault(name, []).append(one)
    return summary({name: joined(its) for name, its in played.items()}, np.concatenate(empty))


def _days_of(options: argparse.Namespace, test: City) -> dict[Kind, int]:
    """How many days of each kind are played, --days in all; a kind that "all" finds no session of is left out."""
    shares = SHARES[options.days_kind]
    there = {kind: share for kind, share in shares.items() if len(test.pools[kind].site)} or shares
    days = {kind: round(options.days * share / sum(there.values())) for kind, share in there.items()}
    return {kind: count for kind, count in days.items() if count}


def _setting(options: argparse.Namespace, fit: City, test: City) -> dict[str, str]:
    kinds = SHARES[options.days_kind]
    real = {kind: test.pools[kind].days for kind in kinds}
    drawn = options.days * len(options.seeds)
    setting = {
        "world": f"{fit.name}, {len(fit.sites)} sites, {int(fit.sites.capacity.sum())} connectors",
        "fitted_on": ", ".join(f"{fit.pools[kind].days} {kind}s" for kind in kinds),
        "tested_on": f"{drawn} simulated days drawn from "
        + ", ".join(f"{count} real {kind}s" for kind, count in real.items()),
        "price_days": f"{len(fit.prices)} to fit, {len(test.prices)} to test",
        "disturbances": options.disturbances,
        "seeds": ", ".join(map(str, options.seeds)),
    }
    if "dqn" in options.policies:
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in options.checkpoint]
        setting["networks_sha256"] = ", ".join(hashes)
    return setting


def _has_gap(policies: dict[str, dict[str, Any]]) -> bool:
    return policies["dqn"]["gap_closed"] is not None


def _over_seeds(policies: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Mean and 95 % interval of the gap closed over networks trained with different seeds."""
    gaps = np.array([one["gap_closed"] for name, one in policies.items() if name.split("#")[0] == "dqn"])
    half = float(student.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / np.sqrt(len(gaps)))
    return {"gap_closed": gaps.tolist(), "mean": float(gaps.mean()), "ci95": half}


class _Flat(argparse.Action):
    """Lists of lists as one, each value once: they may be parted by commas and by spaces."""

    def __call__(self, parser: Any, namespace: argparse.Namespace, values: Any, *_: Any) -> None:
        setattr(namespace, self.dest, list(dict.fromkeys(value for part in values for value in part)))


def _demands(text: str) -> list[float]:
    demands = [float(part) for part in _parts(text)]
    if not all(0 < one < math.inf for one in demands):
        raise argparse.ArgumentTypeError(f"{text}: demands are above zero")
    return demands


def _count(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: at least 1")
    return int(text)


def _seeds(text: str) -> list[int]:
    return [int(part) for part in _parts(text)]


def _parts(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _names(text: str) -> list[str]:
    names = _parts(text)
    unknown = set(names) - set(NAMES)
    if unknown:
        raise argparse.ArgumentTypeError(f"no policy {', '.join(sorted(unknown))}: one of {' '.join(NAMES)}")
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.evaluate", description=__doc__)
    add = parser.add_argument
    add("--sites", type=Path, help="GeoJSON (EPSG:3035) or CSV of sites")
    add("--sessions", type=Path, nargs="+", help="CSV of sessions, local times")
    add("--prices", type=Path, help="CSV of day-ahead prices: target_ts (UTC), y_true (EUR/MWh)")
    add(
        "--fit-until",
        type=date.fromisoformat,
        help="last day that shadow prices and capacities are fitted on",
    )
    add("--test-from", type=date.fromisoformat, help="first day that test days are drawn from")
    add("--centre", type=int, help=f"location_id in the middle: {CENTRE}, elsewhere the middle of the demand")
    add("--nearest", type=_count, default=NEAREST, help="how many sites around it")
    add("--generated", type=_count, metavar="STATIONS", help="a generated city instead of files")
    add(
        "--demand",
        type=_demands,
        nargs="+",
        action=_Flat,
        default=[1.0, 2.0, 3.0],
        help="multiples of the real demand, as 1,2,3",
    )
    add("--days", type=_count, default=30, help="simulated days for each seed")
    add("--days-kind", choices=SHARES, default="weekday")
    add("--seeds", type=_seeds, nargs="+", action=_Flat, default=[1], help="seeds of the days")
    add("--policies", type=_names, nargs="+", action=_Flat, default=list(NAMES), help=f"of {' '.join(NAMES)}")
    add("--shadow-days", type=_count, default=60, help="simulated days that shadow prices are averaged over")
    add("--no-bound", dest="bound", action="store_false", help="without the clairvoyant LPs: no gap is known")
    add("--disturbances", choices=("none", "fitted"), default="none")
    add(
        "--checkpoint",
        type=Path,
        nargs="+",
        default=[SHIPPED],
        help="dqn; more of them: other training seeds",
    )
    add("--json", type=Path, help="write the figures here")
    add("--report", type=Path, help="write a report (Markdown, plots beside it) here")
    return parser


if __name__ == "__main__":
    sys.exit(main())
