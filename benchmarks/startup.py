"""How long the page takes to come up, what it weighs, and what it keeps in memory, beside the textbook app.

usage: python benchmarks/startup.py

Measures, from ``python app.py`` to the first HTTP 200, CPU seconds and resident memory before any model or
index is used. What a browser loads and when the page is usable is ``browser.py``. Prints a table and, last,
one JSON object.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.page import cpu, free_port, server, switchboard_environment

TARGETS = {"cpu_s": 4.0, "resident_mb": 200.0}
ROUNDS = 3


def started(command: list[str], port: int, environment: dict[str, str], folder: Path) -> dict[str, float]:
    """CPU seconds, wall seconds and resident megabytes at the first HTTP 200."""
    began = time.perf_counter()
    with server(command, port, environment, folder) as process:
        return {
            "wall_s": time.perf_counter() - began,
            "cpu_s": cpu(process),
            "resident_mb": process.memory_info().rss / 1e6,
        }


def main() -> None:
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for app in ("switchboard", "textbook"):
            rounds = []
            for _ in range(ROUNDS):
                port = free_port()
                command = ["app.py"]
                if app == "textbook":
                    command = ["benchmarks/textbook.py", str(port), "http://127.0.0.1:9/v1"]
                environment = switchboard_environment(port, "http://127.0.0.1:9/v1", folder)
                rounds.append(started(command, port, environment, folder))
            results[app] = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    print(f"{'':16}{'target':>10}{'switchboard':>14}{'textbook':>12}")
    for name in ("wall_s", "cpu_s", "resident_mb"):
        target = TARGETS.get(name, "")
        print(f"{name:16}{target:>10}{results['switchboard'][name]:>14.2f}{results['textbook'][name]:>12.2f}")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
