"""Helps for the tests of programs that use parse_orm."""

from .session_store_contract import SessionStoreContract

__all__ = ["SessionStoreContract"]
