"""Many threads that read through a proxy which misbehaves now and then: whose answer does each get?"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import parse_orm as orm
from tests.fault.faults import closed, early, lost, smuggled, split
from tests.fault.matrix import Ground
from tests.fault.proxy import Exchange, Proxy, Spoil
from tests.fault.verbs import MatrixRow, is_find

THREADS = 16

#: Reads of one thread.
READS = 200

#: Seconds that the whole takes at most.
LIMIT = 10.0

#: What happens to a request that is not left alone.
MISCHIEF: tuple[Spoil, ...] = (early(103), early(102, 103, packed=True), closed, lost, smuggled(0), split)

#: How many of a hundred requests are not left alone.
OFTEN = 20


def now_and_then(exchange: Exchange) -> bool:
    """Forward most requests, and spoil some."""
    if random.randrange(100) < OFTEN:
        return random.choice(MISCHIEF)(exchange)
    exchange.send(exchange.forward())
    return True


@dataclass
class Soak:
    """What many threads saw.

    Args:
        seen: How often the own answer came, somebody else's, and none.
        alien: Errors that are not ours.
    """

    seen: Counter[str] = field(default_factory=Counter)
    alien: list[str] = field(default_factory=list)


def soak(ground: Ground) -> Soak:
    """Let many threads read rows at once, for some seconds."""
    result = Soak()
    row = {"marker": "soak", "title": "soak"}
    ids = [ground.truth.ask("POST", "/classes/MatrixRow", {**row, "place": n})["objectId"] for n in range(THREADS)]
    end = time.monotonic() + LIMIT
    with Proxy(ground.settings["server_url"]) as proxy:
        client = ground.client_of(proxy)
        proxy.arm(now_and_then, is_find, times=0)

        def read(number: int) -> None:
            with orm.using(client):
                for turn in range(READS):
                    if time.monotonic() > end:
                        return
                    # Another row each time: an answer that stayed behind must not look like the next one.
                    place = (number + turn) % THREADS
                    result.seen[_read(ids[place], place, result)] += 1

        threads = [threading.Thread(target=read, args=(number,), daemon=True) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT + 10)
        result.seen["still waiting"] = sum(thread.is_alive() for thread in threads)
    return result


def _read(id: str, place: int, result: Soak) -> str:
    try:
        row = MatrixRow.get(id)
    except orm.ParseOrmError:
        return "none"
    except Exception as error:
        result.alien.append(f"{type(error).__name__}: {error}")
        return "alien"
    return "own" if (row.id, row.place) == (id, place) else "wrong"
