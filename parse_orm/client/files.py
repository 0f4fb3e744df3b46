"""Files: content that is uploaded, a name that a column keeps, and an address it is read from."""

from __future__ import annotations

import mimetypes
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, BinaryIO, Self, overload

from parse_orm.client import requests as paths
from parse_orm.client.answers import decoded_body, part
from parse_orm.client.client import BaseClient
from parse_orm.client.context import current_client
from parse_orm.client.credentials import check_header
from parse_orm.client.streams import ReplayedStream
from parse_orm.codec import json
from parse_orm.codec.decode import decodes
from parse_orm.codec.encode import encode_file, encodes
from parse_orm.codec.kinds import same_kind
from parse_orm.errors import FileReadError, InvalidValue, UnsavedReference
from parse_orm.transport.messages import Upload
from parse_orm.types.file import File as StoredFile
from parse_orm.types.secret import hidden

Content = bytes | bytearray | memoryview | str | os.PathLike[str] | IO[bytes]
"""What a file can be made of: bytes, a path, or a file object opened for bytes."""

LONGEST_NAME = 128
"""Characters of the longest file name (Parse Server 9.10, code 122)."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9@. ~_-]*", re.ASCII)
_DIRECTORY = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*", re.ASCII)


class File(StoredFile):
    """A file: made here and uploaded with `save`, or read from a column of a row.

    The server puts a random prefix before the name, so `name` is another after the save. Uploading needs the master
    key or a logged-in user, and deleting the master key (Parse Server 9.10, by default).

    What a path or a file object gives is read while it is sent, so it need not fit into memory. A file object is sent
    from where it stands at the first `save` to its end; one that cannot be rewound is first copied to a temporary file.

    Args:
        name: the name to store it under: letters, digits, spaces and `@ . ~ _ -`, at most 128 characters.
        content: bytes, a path, or a file object opened for bytes; None for a file that the server has, which then
            needs its ``url`` to stand in a row.
        content_type: what the bytes are, such as "image/png"; None means what the name says.
        metadata: a JSON object to keep beside the file, where the server's file adapter can.
        tags: texts by name to keep beside the file, where the server's file adapter can.
        directory: where to put it, such as "covers/2024"; only with the master key.
        url: where it is read, for a file that the server has.

    Raises:
        InvalidValue: the name, the directory or the content type cannot be one.

    Example:
        >>> import parse_orm as orm
        >>> notes = orm.File("notes.txt", b"La la la", content_type="text/plain").save()
        >>> notes.read()
        b'La la la'
        >>> notes.destroy()
        True
    """

    __slots__ = ("_content", "_content_type", "directory", "metadata", "tags")

    def __init__(
        self,
        name: str,
        content: Content | None = None,
        *,
        content_type: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        directory: str | None = None,
        url: str | None = None,
    ) -> None:
        """Check the name; nothing is read and nothing is sent."""
        super().__init__(name if content is None else _check_name(name), url)
        if directory is not None and not _DIRECTORY.fullmatch(directory):
            raise InvalidValue(f"{directory!r:.80} cannot be a directory: use letters, digits, '-', '_' and '/'")
        self._content: Content | ReplayedStream | None = content
        self.content_type = content_type
        self.metadata = metadata
        self.tags = tags
        self.directory = directory

    @property
    def content_type(self) -> str | None:
        """What the bytes are; None means what the name says.

        Raises:
            InvalidValue: a header cannot carry the text that is set.
        """
        return self._content_type

    @content_type.setter
    def content_type(self, content_type: str | None) -> None:
        if content_type is not None:
            check_header("content_type", content_type)
        self._content_type = content_type

    @property
    def is_new(self) -> bool:
        """Whether its content was not uploaded yet."""
        return self._content is not None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return not self.is_new and not getattr(other, "is_new", False) and super().__eq__(other)

    __hash__ = StoredFile.__hash__

    def __repr__(self) -> str:
        return f"<File {self.name}{' (not saved)' if self.is_new else ''}>"

    def save(self, *, session: Any = None, master: bool | None = None, client: BaseClient | None = None) -> Self:
        """Upload the content; nothing is sent when that was done already.

        Args:
            session: upload with the token of this user.
            master: True uploads with the master key.
            client: who sends it; None means the client in use.

        Returns:
            The file itself, with the name and the URL that the server gave it.

        Raises:
            FileSaveError: the server refused: the content is empty, the type is not allowed, or nobody is logged in.
            OSError: the path or the file object cannot be read.
            InvalidValue: there is no content, and the server has no such file as far as is known; or the file object
                gives text. Nothing was sent.
        """
        session = hidden(session)
        if self._content is None:
            if not self.url:
                raise InvalidValue(
                    f"the file {self.name!r} has no content to upload: give bytes, a path or a file object as content="
                )
            return self
        sender = client or current_client()
        doing = f"uploading the file {self.name!r}"
        response = sender.send_raw(
            "POST",
            paths.file(self.name),
            self._upload(),
            content_type=self.content_type or _guess(self.name),
            credential=sender.credential(session, master),
            headers=self._headers(),
            doing=doing,
        )
        answer = decoded_body(response, doing=doing, wrote=True)
        name, url = (part(answer, key, str, doing, wrote=True) for key in ("name", "url"))
        self.name, self.url, self._content = name, url, None
        return self

    def read(self, *, client: BaseClient | None = None) -> bytes:
        """Read the whole content from its URL.

        The application's keys and the session of the moment go along only when the URL is the client's own server;
        the master key never does.

        Args:
            client: who asks; None means the client in use.

        Returns:
            The bytes.

        Raises:
            FileReadError: there is no such file, or it has no URL.
        """
        if isinstance(self._content, (bytes, bytearray, memoryview)):
            return bytes(self._content)
        return fetch(client or current_client(), self._readable_url())

    @overload
    def download(self, path: str | os.PathLike[str], *, client: BaseClient | None = None) -> Path: ...
    @overload
    def download(self, path: IO[bytes], *, client: BaseClient | None = None) -> None: ...
    def download(self, path: str | os.PathLike[str] | IO[bytes], *, client: BaseClient | None = None) -> Path | None:
        """Read the whole content into a file of this machine, replacing what is there.

        The content goes to the disk as it comes. A path keeps its old content, and a file object gets nothing, until
        all of it is there.

        Args:
            path: where to put it; for a folder, under the file's own name. Or a file object that takes bytes.
            client: who asks; None means the client in use.

        Returns:
            Where it is; None for a file object.

        Raises:
            FileReadError: there is no such file, or it has no URL.
            OSError: it cannot be written.
        """
        if not isinstance(path, (str, os.PathLike)):
            self._copy_into(path, client)
            return None
        target = Path(path)
        if target.is_dir():
            target = target / self.name.rpartition("/")[2]
        if target.exists() and not target.is_file():  # such as /dev/stdout or a named pipe
            with target.open("wb") as device:
                self._copy_into(device, client)
            return target
        with _replacing(target) as sink:
            self._fetch_into(sink, client)
        return target

    def info(self, *, client: BaseClient | None = None) -> dict[str, Any]:
        """Ask what is kept beside the file.

        Args:
            client: who asks; None means the client in use.

        Returns:
            `metadata`, and what else the server's file adapter tells; empty when it keeps nothing.
        """
        asker = client or current_client()
        answer: dict[str, Any] = asker.request(
            "GET", _metadata_path(asker, self.name), doing=f"reading the metadata of the file {self.name!r}"
        )
        return answer

    def destroy(self, *, client: BaseClient | None = None) -> bool:
        """Delete the file; rows that name it keep doing so. Needs the master key.

        Args:
            client: who asks; None means the client in use.

        Returns:
            True when this call deleted it; False when it was never uploaded.

        Raises:
            MasterKeyRequired: the client has no master key; nothing was sent.
            FileDeleteError: it is gone already, or the server cannot delete it.
        """
        if self.is_new:
            return False
        asker = client or current_client()
        asker.request(
            "DELETE",
            paths.file(self.name),
            credential=asker.credential(master=True),
            doing=f"deleting the file {self.name!r}",
        )
        return True

    def _upload(self) -> bytes | Upload:
        """Give what is to be sent; a file object is kept so that a further save sends the same."""
        if isinstance(self._content, (bytes, bytearray, memoryview)):
            return bytes(self._content)
        if isinstance(self._content, (str, os.PathLike)):
            return _upload_of(Path(self._content))
        if isinstance(self._content, ReplayedStream):
            return self._content.upload()
        assert self._content is not None
        self._content = ReplayedStream(self._content)
        return self._content.upload()

    def _copy_into(self, file: IO[bytes], client: BaseClient | None) -> None:
        with tempfile.TemporaryFile() as whole:
            self._fetch_into(whole, client)
            whole.seek(0)
            shutil.copyfileobj(whole, file)

    def _fetch_into(self, sink: BinaryIO, client: BaseClient | None) -> None:
        if isinstance(self._content, (bytes, bytearray, memoryview)):
            sink.write(self._content)
        else:
            fetch(client or current_client(), self._readable_url(), sink)

    def _readable_url(self) -> str:
        if not self.url:
            raise FileReadError(f"the file {self.name!r} has no URL: save it first", code=601)
        return self.url

    def _headers(self) -> dict[str, str]:
        given = {
            "X-Parse-File-Directory": self.directory,
            "X-Parse-File-Metadata": self.metadata and json.dumps_ascii(dict(self.metadata)),
            "X-Parse-File-Tags": self.tags and json.dumps_ascii(dict(self.tags)),
        }
        headers = {name: value for name, value in given.items() if value}
        # The server reads these headers in streaming mode alone (9.10).
        return {"X-Parse-Upload-Mode": "stream", **headers} if headers else headers


def fetch(client: BaseClient, url: str, sink: BinaryIO | None = None) -> bytes:
    """Read what a URL of a file gives.

    Args:
        client: who asks.
        url: where the file is.
        sink: a seekable file that takes the bytes.

    Returns:
        The bytes; none of them with a sink.

    Raises:
        FileReadError: the URL is neither http nor https, or nothing is there.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise FileReadError(f"a file is read by http or https, not from {url!r:.60}", code=601)
    return client.read_url(url, sink, doing="reading a file")


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """Write a file beside the target, which takes its place when all went well."""
    real = Path(os.path.realpath(target))  # a link stays a link
    part = real.with_name(f".{token_hex(8)}.part")
    try:
        with part.open("x+b") as sink:
            yield sink
        if real.exists():
            part.chmod(stat.S_IMODE(real.stat().st_mode))
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def _metadata_path(client: BaseClient, name: str) -> str:
    return f"/files/{client.app_id}/metadata/{paths.file(name).removeprefix('/files/')}"


def _check_name(name: object) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise InvalidValue(
            f"{name!r:.80} cannot be a file name: at most {LONGEST_NAME} letters, digits, spaces and @ . ~ _ -, "
            "and a letter, a digit or _ first (code 122)"
        )
    return name


def _guess(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _upload_of(path: Path) -> bytes | Upload:
    with path.open("rb") as file:
        told = os.fstat(file.fileno())
        if stat.S_ISREG(told.st_mode) and told.st_size:
            return Upload(lambda: path.open("rb"), told.st_size)
        # A pipe tells no size, and neither does a file of /proc.
        return ReplayedStream(file, copied=True).upload()


def _encode(file: File) -> dict[str, Any]:
    if file.is_new:
        raise UnsavedReference(f"the file {file.name!r} was not uploaded yet: call save() on it first")
    return encode_file(file)


def _decode(wire: dict[str, Any]) -> File:
    return File(wire["name"], url=wire.get("url"))


encodes(File, _encode)
decodes("File", _decode)
same_kind(File, StoredFile)
