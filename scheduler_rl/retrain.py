"""``python -m scheduler_rl.retrain``: a network of an installation's history, judged against the one that answers.

Started by the weekly task in a process of its own; needs the ml extra. Writes the network (.npz) and, as JSON, how
it did on the last fifth of the days.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scheduler_rl.limits import be_modest

CONFIG: Final = Path(__file__).parent / "training" / "configs" / "installation.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    """0, or 1 with one line on standard error."""
    options = _parser().parse_args(arguments)
    be_modest(options.memory_mb)
    from scheduler_rl.policies.network import Network, WrongArtefact
    from scheduler_rl.training.config import BadConfig, read_config
    from scheduler_rl.training.own import TooLittle, retrain
    from scheduler_rl.worlds.history import History

    try:
        history, active = History.load(options.history), Network.load(options.active)
        network, judgement = retrain(history, active, read_config(options.config), seed=options.seed)
    except (OSError, KeyError, WrongArtefact, BadConfig, TooLittle, MemoryError) as error:
        sys.stderr.write(f"error: {error or 'out of memory'}\n")
        return 1
    options.out.write_bytes(network.to_bytes())
    options.json.write_text(json.dumps(judgement))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler_rl.retrain", description=__doc__)
    add = parser.add_argument
    add("--history", type=Path, required=True, help="what demand_history() saved")
    add("--active", type=Path, required=True, help="the network that answers now")
    add("--config", type=Path, default=CONFIG, help="hyperparameters (TOML)")
    add("--seed", type=int, default=1)
    add("--memory-mb", type=int, default=6000, help="at most so much memory")
    add("--out", type=Path, required=True, help="where the network is written")
    add("--json", type=Path, required=True, help="where the judgement is written")
    return parser


if __name__ == "__main__":
    sys.exit(main())
