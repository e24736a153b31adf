"""What a process of a nightly or weekly task may take at most; it is started by a worker that must live on."""

from __future__ import annotations

import os
import resource
from typing import Final

NICENESS: Final = 15
_MEBIBYTE: Final = 1 << 20


def be_modest(memory_mb: int, threads: int = 1) -> None:
    """Step behind everything else, use `threads` cores and at most so much memory of one's own (RLIMIT_DATA)."""
    os.nice(NICENESS)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * _MEBIBYTE, memory_mb * _MEBIBYTE))
