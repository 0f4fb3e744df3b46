"""Reading ahead: the next page is fetched by a thread of the library while the caller works on this one."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ..client.context import in_context
from ..errors import NotLoaded

T = TypeVar("T")

#: Pages that are fetched only when asked for: most questions end within them.
UNHURRIED = 2


def read_ahead(pages: Iterator[T]) -> Iterator[T]:
    """The same pages, one of them in hand and at most one on its way.

    The first two pages are not hurried, so a question that fits into them starts no thread.

    A thread does not live on in a forked child, and neither do the pages that it was to fetch.

    Args:
        pages: any iterator; it is advanced by one thread at a time.

    Raises:
        NotLoaded: the thread belongs to the parent of this process.
    """
    for number, page in enumerate(pages, 1):
        yield page
        if number == UNHURRIED:
            yield from _hurried(pages)
            return


def _hurried(pages: Iterator[T]) -> Iterator[T]:
    process = os.getpid()
    pool = ThreadPoolExecutor(1, thread_name_prefix="parse-orm-pages")
    advance = in_context(_advance)
    try:
        coming = pool.submit(advance, pages)
        while (found := coming.result()) is not None:
            coming = pool.submit(advance, pages)
            yield found[0]
            if os.getpid() != process:
                raise NotLoaded("the rest of the rows is read by the parent of this process: ask anew after a fork")
    finally:
        if os.getpid() == process:  # in a forked child, a lock of the pool may stay locked for ever
            pool.shutdown(wait=False, cancel_futures=True)


def _advance(pages: Iterator[T]) -> tuple[T] | None:
    for page in pages:
        return (page,)
    return None
