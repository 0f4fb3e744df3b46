"""The server in memory, for tests of associations."""

from tests.unit.remembered import refusal, wire

__all__ = ["refusal", "wire"]
