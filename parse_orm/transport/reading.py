"""Reading an answer: within the time that is left, past interim answers, and to its very end."""

from __future__ import annotations

import http.client
import io
from socket import socket
from ssl import SSLSocket
from typing import Any

from .deadline import Deadline
from .plain_headers import PlainAnswer, read_headers

#: Interim answers (RFC 9110, 15.2) before an answer; a server that sends more says nothing else.
MOST_INTERIM = 100


class TimedReader(io.RawIOBase):
    """The bytes of a socket, each of them waited for no longer than an exchange may take.

    A timeout of a socket bounds the silence between two bytes, so a server that sends one byte a
    second could hold a thread for ever.

    Args:
        sock: Is read from; its own timeout is changed.
        deadline: When reading has to be over.
    """

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        """Begin; nothing is read yet."""
        self._sock = sock
        self._hold = sock.makefile("rb", buffering=0)  # keeps the socket open when the connection lets go of it
        self._deadline = deadline
        self._reads = True

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """Read what is there, waiting for the first byte."""
        if not self._reads:
            return None
        self._sock.settimeout(self._deadline.left())
        count: int = self._sock.recv_into(buffer)
        self._deadline.moved(count)
        return count

    def is_drained(self, buffered: io.BufferedReader) -> bool:
        """Say whether everything that was received has been read.

        What the operating system still holds, or the end of the connection, urllib3 sees before it uses
        the connection again.
        """
        self._reads = False
        if buffered.peek(1) or not isinstance(self._sock, socket):  # TLS within TLS keeps bytes where nobody can look
            return False
        return not (isinstance(self._sock, SSLSocket) and self._sock.pending())

    def close(self) -> None:
        """Let go of the socket."""
        self._hold.close()
        super().close()


class WholeAnswer(PlainAnswer):
    """An answer that is waited for until its deadline, and that knows whether its connection can be used again.

    Args:
        sock: The socket that the request went out on.
        deadline: When the answer has to be there, to its last byte.
        method: HTTP verb of the request.
    """

    def __init__(self, sock: Any, deadline: Deadline, method: str | None = None) -> None:
        """Begin; nothing is read yet."""
        self._reader = TimedReader(sock, deadline)
        #: Whether the answer was read to its end and the server can be asked again on the same connection.
        self.leaves_clean = False
        super().__init__(self, method=method)  # type: ignore[arg-type]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Give what ``http.client`` reads from, in place of a socket."""
        return io.BufferedReader(self._reader)

    def _read_status(self) -> tuple[str, int, str]:
        """Read past answers that are not the answer: 100 Continue, 102 Processing, 103 Early Hints and the like."""
        for _ in range(MOST_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200:
                return version, status, reason
            if status == http.client.SWITCHING_PROTOCOLS:  # nobody asked for that, and what follows is no HTTP
                raise http.client.UnknownProtocol(version)
            read_headers(self.fp)
        raise http.client.HTTPException("interim answers without end")

    def _safe_read(self, amt: int) -> bytes:
        """Read so many bytes; a chunk of -1 bytes would be all that comes."""
        if amt < 0:
            raise http.client.IncompleteRead(b"")
        return super()._safe_read(amt)  # type: ignore[misc,no-any-return]

    def _close_conn(self) -> None:
        """Look for bytes behind the answer: the next answer on this connection would begin with them."""
        self.leaves_clean = not _server_hangs_up(self.status) and self._reader.is_drained(self.fp)
        super()._close_conn()  # type: ignore[misc]


def _server_hangs_up(status: Any) -> bool:
    """Parse Server 9.10 closes the connection after these, though its header says keep-alive."""
    return not isinstance(status, int) or status in (403, 413, 431) or status >= 500
