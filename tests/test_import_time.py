"""Importing parse_orm costs next to nothing: what is heavy is loaded when it is first needed."""

from __future__ import annotations

import subprocess
import sys

LIMIT = 0.030
"""Seconds over a bare interpreter."""

TIMED = """
import time
begun = time.perf_counter()
import parse_orm
print(time.perf_counter() - begun)
"""


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_the_import_takes_at_most_thirty_milliseconds() -> None:
    # The best of several, because what else the machine does is not the import's doing.
    assert min(float(run(TIMED)) for _ in range(5)) <= LIMIT


def test_nothing_heavy_comes_with_the_package() -> None:
    heavy = ("requests", "urllib3", "dateutil", "inflection", "orjson", "asyncio", "http.client", "ssl", "socket")
    loaded = f"print(*[name for name in {heavy!r} if name in sys.modules])"

    # What measures coverage may have loaded some of them before.
    assert run(f"import sys; import parse_orm; {loaded}") == run(f"import sys; {loaded}")


def test_declaring_and_asking_without_a_request_needs_no_http_library() -> None:
    program = (
        "import sys, parse_orm as orm\n"
        "class Tune(orm.ParseObject):\n"
        "    title = orm.property(str)\n"
        "Tune(title='x'); Tune.where(title='x').to_params()\n"
        "print(*[name for name in ('requests', 'urllib3', 'dateutil', 'inflection') if name in sys.modules])\n"
    )

    assert run(program).split() == []


def test_connecting_opens_no_socket_and_starts_no_thread() -> None:
    program = (
        "import threading, socket\n"
        "def refuse(*args, **kwargs): raise SystemExit('a socket was opened')\n"
        "import parse_orm as orm\n"
        "socket.socket.connect = refuse\n"
        "orm.connect('http://localhost:1/parse', 'app', master_key='m')\n"
        "orm.User, orm.Session\n"
        "print(threading.active_count())\n"
    )

    assert run(program).strip() == "1"
