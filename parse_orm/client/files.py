"""Files: content that is uploaded, a name that a column keeps, and an address it is read from."""

from __future__ import annotations

import mimetypes
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Self

from parse_orm.client import requests as paths
from parse_orm.client.client import BaseClient
from parse_orm.client.context import current_client
from parse_orm.codec import json
from parse_orm.codec.decode import decodes
from parse_orm.codec.encode import encode_file, encodes
from parse_orm.codec.kinds import same_kind
from parse_orm.errors import FileReadError, InvalidValue, UnsavedReference
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

    Args:
        name: the name to store it under: letters, digits, spaces and `@ . ~ _ -`, at most 128 characters.
        content: bytes, a path, or a file object opened for bytes; None for a file that the server has.
        content_type: what the bytes are, such as "image/png"; None means what the name says.
        metadata: a JSON object to keep beside the file, where the server's file adapter can.
        tags: texts by name to keep beside the file, where the server's file adapter can.
        directory: where to put it, such as "covers/2024"; only with the master key.
        url: where it is read, for a file that the server has.

    Raises:
        InvalidValue: the name or the directory cannot be one.

    Example:
        >>> import parse_orm as orm
        >>> notes = orm.File("notes.txt", b"La la la", content_type="text/plain").save()
        >>> notes.read()
        b'La la la'
        >>> notes.destroy()
        True
    """

    __slots__ = ("_content", "content_type", "directory", "metadata", "tags")

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
        self._content = content
        self.content_type = content_type
        self.metadata = metadata
        self.tags = tags
        self.directory = directory

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
        """
        session = hidden(session)
        if self._content is None:
            return self
        sender = client or current_client()
        answer = json.loads(
            sender.send_raw(
                "POST",
                paths.file(self.name),
                _read(self._content),
                content_type=self.content_type or _guess(self.name),
                credential=sender.credential(session, master),
                headers=self._headers(),
                doing=f"uploading the file {self.name!r}",
            ).body
        )
        self.name, self.url, self._content = answer["name"], answer["url"], None
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
        if not self.url:
            raise FileReadError(f"the file {self.name!r} has no URL: save it first", code=601)
        return fetch(client or current_client(), self.url)

    def download(self, path: str | os.PathLike[str], *, client: BaseClient | None = None) -> Path:
        """Read the whole content into a file of this machine, replacing what is there.

        Args:
            path: where to put it; for a folder, under the file's own name.
            client: who asks; None means the client in use.

        Returns:
            Where it is.

        Raises:
            FileReadError: there is no such file, or it has no URL.
            OSError: it cannot be written.
        """
        target = Path(path)
        if target.is_dir():
            target = target / self.name.rpartition("/")[2]
        target.write_bytes(self.read(client=client))
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

    def _headers(self) -> dict[str, str]:
        given = {
            "X-Parse-File-Directory": self.directory,
            "X-Parse-File-Metadata": self.metadata and json.dumps_ascii(dict(self.metadata)),
            "X-Parse-File-Tags": self.tags and json.dumps_ascii(dict(self.tags)),
        }
        headers = {name: value for name, value in given.items() if value}
        # The server reads these headers in streaming mode alone (9.10).
        return {"X-Parse-Upload-Mode": "stream", **headers} if headers else headers


def fetch(client: BaseClient, url: str) -> bytes:
    """Read what a URL of a file gives.

    Args:
        client: who asks.
        url: where the file is.

    Returns:
        The bytes.

    Raises:
        FileReadError: the URL is neither http nor https, or nothing is there.
    """
    if not url.lower().startswith(("http://", "https://")):
        raise FileReadError(f"a file is read by http or https, not from {url!r:.60}", code=601)
    return client.read_url(url, doing="reading a file")


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


def _read(content: Content) -> bytes:
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if isinstance(content, (str, os.PathLike)):
        return Path(content).read_bytes()
    data = content.read()
    if not isinstance(data, bytes):
        raise InvalidValue("the file object gives text: open it in binary mode, open(path, 'rb')")
    return data


def _encode(file: File) -> dict[str, Any]:
    if file.is_new:
        raise UnsavedReference(f"the file {file.name!r} was not uploaded yet: call save() on it first")
    return encode_file(file)


def _decode(wire: dict[str, Any]) -> File:
    return File(wire["name"], url=wire.get("url"))


encodes(File, _encode)
decodes("File", _decode)
same_kind(File, StoredFile)
