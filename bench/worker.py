"""One peer in a process of its own: `python -m bench.worker bench.peers.raw`, told what to do line by line.

Questions and answers are JSON, one a line: `{"begin": {"config": ..., "sizes": ...}}` first, then
`{"time": "find"}` gives `{"wall": seconds, "cpu": seconds}`, and `{"call": "peak", "arguments": [1000]}`
gives `{"value": ...}`.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from typing import Any

from bench.sizes import Sizes


def main(module: str, *without: str) -> None:
    """Answer until the input ends.

    Args:
        module: the peer's module.
        without: packages to hide from it, such as orjson.
    """
    for package in without:
        sys.modules[package] = None  # type: ignore[assignment]  # the import system takes None for "there is none"
    peer: Any = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            if "begin" in question:
                begin = question["begin"]
                peer = importlib.import_module(module).Peer(begin["config"], Sizes(**begin["sizes"]))
                said: dict[str, Any] = {"ready": module}
            elif "call" in question:
                said = {"value": getattr(peer, question["call"])(*question["arguments"])}
            else:
                said = measured(getattr(peer, question["time"])())
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(said), flush=True)


def measured(run: Any) -> dict[str, Any]:
    """Run one work.

    Args:
        run: the work, prepared.

    Returns:
        Seconds by the clock and seconds of this process's CPU.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    run()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    main(*sys.argv[1:])
