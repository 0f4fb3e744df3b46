"""The steps too small for a clock around one of them: the pytest-benchmark suite in bench/micro, and the import."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import parse_orm as orm
from bench.models import Row
from bench.race import ROOT
from bench.rows import stored
from parse_orm.codec.json import loads
from parse_orm.transport.memory import MemoryTransport
from parse_orm.transport.messages import Response

ROWS = 1000
"""Rows of one call in bench/micro."""


def small_steps(seconds: float = 1.0) -> dict[str, float]:
    """Run bench/micro.

    Args:
        seconds: spent on each benchmark.

    Returns:
        Nanoseconds of one object for each benchmark by its name: the least that was seen, because whatever else
        the machine does can only add to it.

    Raises:
        RuntimeError: pytest failed; its output is above.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "micro.json")
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "bench/micro", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
                *("--benchmark-disable-gc", "--benchmark-warmup=on", "--benchmark-quiet", "--benchmark-columns=min"),
                *(f"--benchmark-max-time={seconds}", f"--benchmark-json={file}"),
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        if done.returncode:
            raise RuntimeError("python -m pytest bench/micro failed; run it by itself to see why")
        found = json.loads(file.read_text())["benchmarks"]
    return {one["name"].removeprefix("test_"): one["stats"]["min"] / ROWS * 1e9 for one in found}


def beyond_json(repeats: int) -> float:
    """What a find costs beyond reading the JSON of its answer, without a server: us per object, least of many.

    The garbage collector is off, as in the steps above: it would count against whichever of the two it happens to meet.

    Args:
        repeats: how often the two take turns.
    """
    text = json.dumps({"results": [stored(number) for number in range(ROWS)]}).encode()
    transport = MemoryTransport(lambda request: Response(200, body=text))
    client = orm.Client("http://localhost/parse", "bench", master_key=None, transport=transport)
    query = Row.limit(ROWS).using(client)
    gc.disable()
    try:
        pairs = [(_seconds(query.all), _seconds(lambda: loads(text))) for _ in range(repeats)]
    finally:
        gc.enable()
    return (min(ours for ours, _ in pairs) - min(bare for _, bare in pairs)) / ROWS * 1e6


def _seconds(action: Callable[[], object]) -> float:
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


IMPORT = "import time; begin = time.process_time(); import parse_orm; print(time.process_time() - begin)"


def import_milliseconds(repeats: int) -> float:
    """What `import parse_orm` adds to the CPU time of an interpreter, in ms: the least of many."""
    runs = [
        subprocess.run([sys.executable, "-c", IMPORT], cwd=ROOT, check=True, stdout=subprocess.PIPE)
        for _ in range(repeats)
    ]
    return min(float(run.stdout) for run in runs) * 1e3
