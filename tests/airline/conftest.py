"""The airline's world at a fixed moment, and the benchmark's where its files are."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchboard.airline import tau2
from switchboard.airline.database import AirlineDatabase
from switchboard.airline.store import Store
from switchboard.airline.world import fill
from tests.airline.postgres import database_url

NOW = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
BENCHMARK = Path(__file__).parents[3] / "shared" / "data" / "tau2_airline"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def world_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled world, to be copied and never changed."""
    path = tmp_path_factory.mktemp("airline") / "airline.db"
    database = AirlineDatabase(path)
    fill(database, NOW.date())
    database.close()
    return settled(path)


@pytest.fixture(scope="session")
def store(world_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """For tests that change nothing."""
    yield from _copied(world_file, tmp_path_factory.mktemp("read-only"), NOW)


@pytest.fixture
def fresh_store(world_file: Path, tmp_path: Path) -> Iterator[Store]:
    """For a test that changes what it likes."""
    yield from _copied(world_file, tmp_path, NOW)


@pytest.fixture(scope="session")
def benchmark_folder() -> Path:
    if not BENCHMARK.is_dir():
        pytest.skip("the benchmark's files are not beside the project")
    return BENCHMARK


@pytest.fixture(scope="session")
def tau2_file(benchmark_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The benchmark's world, to be copied and never changed."""
    path = tmp_path_factory.mktemp("tau2") / "tau2.db"
    database = AirlineDatabase(path)
    tau2.load(database, benchmark_folder)
    database.close()
    return settled(path)


@pytest.fixture
def tau2_store(tau2_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The benchmark's world at its own moment, for a test that changes what it likes."""
    yield from _copied(tau2_file, tmp_path, tau2.CLOCK)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty PostgreSQL database, the same for all tests of a session."""
    with database_url() as url:
        yield url


def settled(path: Path) -> Path:
    """The file, with everything in it that has been written."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def _copied(template: Path, folder: Path, now: datetime) -> Iterator[Store]:
    database = AirlineDatabase(Path(shutil.copy(template, folder / "airline.db")))
    yield Store(database, lambda: now)
    database.close()
