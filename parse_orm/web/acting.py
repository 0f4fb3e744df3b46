"""While a request runs, ORM calls are made as its visitor, so that ACLs hold without anybody remembering them."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from ..client.context import as_whoever
from .manager import SessionManager


def as_visitor(manager: SessionManager) -> AbstractContextManager[Any]:
    """A block in which ORM calls carry the visitor's token, or none when nobody is logged in.

    Who the visitor is, is found out at the first call, so a request that makes none reads no session. Trusted code
    says `with orm.as_master():` inside.

    Args:
        manager: the manager of the request.
    """
    return as_whoever(manager.credential) if manager.config.act_as_visitor else nullcontext()
