"""The server in memory, for tests of models."""

from tests.unit.remembered import refusal, wire

__all__ = ["refusal", "wire"]
