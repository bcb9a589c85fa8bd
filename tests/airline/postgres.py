"""A real PostgreSQL for tests: the one that is named, or one that runs for as long as it is needed.

Where there is neither, the tests that ask for it are skipped.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

NAMED = "POSTGRES_TEST_URL"
"""The environment's name for a server's URL, such as postgresql+psycopg://postgres@localhost/postgres."""
_OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def database_url() -> Iterator[str]:
    """The SQLAlchemy URL of a fresh and empty database, which is dropped at the end."""
    pytest.importorskip("psycopg")
    from sqlalchemy import create_engine, make_url

    with _server() as server:
        name = f"switchboard_test_{uuid4().hex[:12]}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(server).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
            engine.dispose()


@contextmanager
def _server() -> Iterator[str]:
    if url := os.environ.get(NAMED):
        yield url
        return
    binaries = _binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL on this machine, and {NAMED} names none")
    as_owner: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="airline-"))
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        as_owner = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*as_owner, str(binaries / program), "-D", str(data), *arguments]
        # Not a pipe: the server would inherit it and keep it open.
        with (folder / "output").open("ab") as output:
            subprocess.run(command, cwd=folder, stdout=output, stderr=output, check=True)

    try:
        run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {_OPTIONS}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None
