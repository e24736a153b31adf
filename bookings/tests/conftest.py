"""Bookings is tested with what it brings itself; what fills its ports is tested where that lives."""

import pytest

from bookings import ports


@pytest.fixture(autouse=True)
def _ports_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_filled", ports._Filled())
