"""How many bytes objects need beside the plain dicts that json makes of the same answer."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

from bench.models import Row
from bench.rows import stored
from parse_orm.fields.origin import Origin


def kept(make: Callable[[], Any]) -> int:
    """The bytes that stay allocated while the result is held.

    Args:
        make: gives what is weighed.
    """
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        held = make()
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    del held
    return after - before


def beside_dicts(rows: int = 1000) -> float:
    """The bytes of that many objects, divided by those of their plain dicts.

    Args:
        rows: how many.
    """
    text = json.dumps([stored(number) for number in range(rows)])
    origin = Origin()
    Row._hydrate(json.loads(text), origin)
    return kept(lambda: Row._hydrate(json.loads(text), origin)) / kept(lambda: json.loads(text))
