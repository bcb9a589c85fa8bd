"""The airline's world at a fixed moment."""

from datetime import UTC, datetime

import pytest

from switchboard.airline.store import Store
from switchboard.airline.world import open_world

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = tmp_path_factory.mktemp("airline") / "airline.db"
    return Store(open_world(path, NOW.date()), lambda: NOW)
