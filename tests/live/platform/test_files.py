"""Files: uploaded from bytes, paths and file objects, kept in columns, read back, deleted."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

import parse_orm as orm

pytestmark = pytest.mark.usefixtures("parse_client")


class Album(orm.ParseObject):
    title = orm.property(str)
    cover = orm.property(orm.File)
    pages = orm.property(list)


def test_bytes_come_back_as_they_went() -> None:
    content = bytes(range(256))
    file = orm.File("all.bin", content).save()

    assert file.read() == content
    assert file.name.endswith("_all.bin")
    assert not file.is_new


def test_a_path_and_a_file_object_will_do(tmp_path: Path) -> None:
    source = tmp_path / "song.txt"
    source.write_bytes(b"la la")

    assert orm.File("a.txt", source).save().read() == b"la la"
    assert orm.File("b.txt", str(source)).save().read() == b"la la"
    assert orm.File("c.txt", io.BytesIO(b"stream")).save().read() == b"stream"


def test_a_large_file_goes_up_and_comes_down(tmp_path: Path) -> None:
    source = tmp_path / "large.bin"
    source.write_bytes(os.urandom(1 << 20) * 19)

    for content in (source, io.BytesIO(source.read_bytes())):
        file = orm.File("large.bin", content).save()
        assert file.download(tmp_path / "copy.bin").read_bytes() == source.read_bytes()


def test_a_file_beyond_the_limit_of_the_server_is_refused_and_stays_new(tmp_path: Path) -> None:
    source = tmp_path / "large.bin"
    with source.open("wb") as hole:
        hole.truncate(21 << 20)
    file = orm.File("large.bin", source)

    with pytest.raises(orm.RequestTooLarge):
        file.save()
    assert file.is_new


def test_a_stream_that_was_refused_is_sent_again_from_where_it_stood(parse_server: Any) -> None:
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})
    stream = io.BytesIO(b"head la la")
    stream.seek(5)
    file = orm.File("a.txt", stream)

    with pytest.raises(orm.FileSaveError):
        file.save(client=stranger)
    assert file.save().read() == b"la la"


def test_a_directory_metadata_and_tags_go_along() -> None:
    file = orm.File("a.png", b"png", directory="covers/2024", metadata={"by": "Zoë"}, tags={"kind": "cover"}).save()

    assert file.name.startswith("covers/2024/")
    assert file.read() == b"png"
    assert file.info() == {}  # the file adapter of the dev server keeps none


def test_a_download_lands_in_a_folder_or_under_a_name(tmp_path: Path) -> None:
    file = orm.File("a.txt", b"la la").save()

    assert file.download(tmp_path / "here.txt").read_bytes() == b"la la"
    assert file.download(tmp_path).name == file.name


def test_a_column_keeps_a_file() -> None:
    cover = orm.File("a.png", b"png").save()
    album = Album.get(str(Album.create(title="x", cover=cover, pages=[cover]).id))

    assert album.cover == cover
    assert isinstance(album.cover, orm.File)
    assert album.cover.read() == b"png"
    assert album.pages == [cover]
    assert album.changed == []
    assert Album.where(Album.cover == cover).count() == 1


def test_a_file_that_was_not_uploaded_is_refused_by_name_before_any_request() -> None:
    with pytest.raises(orm.UnsavedReference, match=r"'a\.png' was not uploaded"):
        Album(cover=orm.File("a.png", b"png"))


def test_saving_twice_uploads_once() -> None:
    file = orm.File("a.txt", b"x").save()
    name = file.name

    assert file.save().name == name


def test_a_deleted_file_can_be_neither_read_nor_deleted_again() -> None:
    file = orm.File("a.txt", b"x").save()

    assert file.destroy()
    with pytest.raises(orm.FileReadError):
        file.read()
    with pytest.raises(orm.FileDeleteError):
        file.destroy()


def test_strangers_may_neither_upload_nor_delete(parse_server: Any) -> None:
    file = orm.File("a.txt", b"x").save()
    stranger = orm.Client(**{**parse_server.config(), "master_key": None})

    with pytest.raises(orm.FileSaveError):
        orm.File("b.txt", b"x").save(client=stranger)
    with pytest.raises(orm.MasterKeyRequired):
        file.destroy(client=stranger)
    assert file.read(client=stranger) == b"x"


def test_a_user_may_upload() -> None:
    ann = orm.User.signup("ann", "pw")

    assert orm.File("a.txt", b"x").save(session=ann).read() == b"x"


def test_an_empty_file_is_refused_by_the_server() -> None:
    with pytest.raises(orm.FileSaveError):
        orm.File("a.txt", b"").save()
