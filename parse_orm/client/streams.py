"""File objects as bodies of requests that may have to be sent more than once."""

from __future__ import annotations

import io
import os
import tempfile
from typing import IO, BinaryIO, cast

from ..errors import InvalidValue
from ..transport.messages import Upload

#: Bytes of a copy that stay in memory; a longer copy goes to the disk.
IN_MEMORY = 1 << 20
#: Bytes that are copied at a time.
PIECE = 1 << 16


class ReplayedStream:
    """A file object that is sent as often as it takes, each time from where it stood at first.

    Args:
        stream: Opened for bytes; it is left open. One that cannot seek is copied to a temporary file at the first use.
        copied: Copy it in any case.
    """

    def __init__(self, stream: IO[bytes], *, copied: bool = False) -> None:
        self._stream = stream
        self._start: int | None = None
        self._copied = copied or not getattr(stream, "seekable", lambda: False)()
        self._copy: IO[bytes] | None = None

    def __del__(self) -> None:
        if self._copy is not None:
            self._copy.close()

    def upload(self) -> bytes | Upload:
        """Give the content as the body of a request.

        Raises:
            InvalidValue: The stream gives text, or an earlier try could not read it to its end.
            OSError: The stream cannot be read.
        """
        if self._start is None:
            self._start = self._begin()
        source = self._copy or self._stream
        source.seek(0, os.SEEK_END)
        length = source.tell() - self._start
        # The Upload holds on to this object, so the copy lives until it was sent.
        return Upload(self._open, length) if length > 0 else b""

    def _open(self) -> BinaryIO:
        source = self._copy or self._stream
        source.seek(self._start or 0)
        return cast(BinaryIO, _Borrowed(source))

    def _begin(self) -> int:
        if not self._copied:
            _check_bytes(self._stream.read(0))
            return self._stream.tell()
        if self._copy is not None:
            raise InvalidValue("the file object was read in part by a save that failed: open it again")
        self._copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115, it lives as long as this object
        while piece := _check_bytes(self._stream.read(PIECE)):
            self._copy.write(piece)
        return 0


class _Borrowed(io.RawIOBase):
    """Reads another file object, and leaves it open when it is closed itself."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        piece = self._source.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _check_bytes(piece: object) -> bytes:
    if not isinstance(piece, bytes):
        raise InvalidValue("the file object gives text: open it in binary mode, open(path, 'rb')")
    return piece
