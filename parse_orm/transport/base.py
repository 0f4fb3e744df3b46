"""What a transport is: one method that sends, one that lets go."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from parse_orm.transport.messages import Request, Response


@runtime_checkable
class Transport(Protocol):
    """Anything that can carry a request; must be safe to use from several threads.

    Example:
        >>> from parse_orm.transport.base import Transport
        >>> from parse_orm.transport.memory import MemoryTransport
        >>> from parse_orm.transport.messages import Response
        >>> isinstance(MemoryTransport(lambda request: Response(200)), Transport)
        True
    """

    def send(self, request: Request) -> Response:
        """Send one request and read its whole answer.

        Args:
            request: what to send.

        Returns:
            The answer, whatever its status.

        Raises:
            TransportError: no usable answer came; `ConnectFailed` when nothing was sent.
        """
        ...

    def close(self) -> None:
        """Let go of sockets; a later `send` opens new ones."""
        ...
