"""``python -m scheduler_rl.train --config FILE``: train the network on the days of the configuration.

Needs the ml extra (torch, stable-baselines3); uses a GPU when there is one. Finished stages are kept under --work
and taken up again.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from scheduler_rl.checkpoints import SHIPPED
from scheduler_rl.evaluation.world import Files


def main(arguments: Sequence[str] | None = None) -> int:
    """Train every seed asked for; 0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    missing = [name for name in ("torch", "stable_baselines3") if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(f"error: {' and '.join(missing)} missing: pip install -r requirements/ml.txt\n")
        return 1
    try:
        for seed in options.seeds:
            train(options, seed)
    except (OSError, ValueError, RuntimeError) as error:  # BadFile and BadConfig are ValueErrors
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def train(options: argparse.Namespace, seed: int) -> None:
    """Train one seed and write its network, with the sha256 beside it; one that is there already is left alone."""
    from scheduler_rl.training.config import read_config
    from scheduler_rl.training.pipeline import Pipeline

    out: Path = (
        options.out if len(options.seeds) == 1 else options.out.with_stem(f"{options.out.stem}-{seed}")
    )
    if len(options.seeds) > 1 and out.exists():
        print(f"seed {seed}: {out} is there already")  # noqa: T201
        return
    begin = time.monotonic()
    files = Files(options.sites, options.sessions, options.prices)
    trained = Pipeline(read_config(options.config), files, seed=seed, work=options.work).run()
    content = trained.network.to_bytes()
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    out.with_name(out.name + ".sha256").write_text(f"{digest}  {out.name}\n")
    for name, gap in trained.validation.items():
        print(f"seed {seed}: {name} closes {gap:.1%} of the gap on validation days")  # noqa: T201
    print(f"seed {seed}: {out}, sha256 {digest[:12]}, {time.monotonic() - begin:.0f} s")  # noqa: T201


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.train", description=__doc__)
    add = parser.add_argument
    default = Path(__file__).parent / "training" / "configs" / "hamburg.toml"
    add("--config", type=Path, default=default, help="hyperparameters (TOML)")
    add("--sites", type=Path, required=True, help="GeoJSON (EPSG:3035) or CSV of sites")
    add("--sessions", type=Path, nargs="+", required=True, help="CSV of sessions, local times")
    add("--prices", type=Path, required=True, help="CSV of day-ahead prices")
    add("--seeds", type=int, nargs="+", default=[1], help="several: one network each, <out>-<seed>")
    add("--out", type=Path, default=SHIPPED, help="where the network is written")
    add("--work", type=Path, default=Path("var/training"), help="where finished stages are kept")
    return parser


if __name__ == "__main__":
    sys.exit(main())
