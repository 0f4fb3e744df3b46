"""What the library does not do yet: the machine goes round it. Each name goes with the change that does it."""

from __future__ import annotations

PENDING: set[str] = {"default", "sharing", "hash", "ordered_loop", "operations"}
