"""A file that was never uploaded is refused before anything is sent: such a row ends the process of Parse Server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import parse_orm as orm
from tests.unit.remembered import Wire


class Sleeve(orm.ParseObject):
    cover = orm.property(orm.File)
    pages = orm.property(list)
    extras = orm.property(dict)
    files = orm.array(orm.File)


FILES: dict[str, Callable[[], orm.File]] = {
    "a name alone": lambda: orm.File("photo.png"),
    "content that waits": lambda: orm.File("photo.png", b"x"),
}
NEVER = "'photo.png' was not uploaded yet"


def in_transaction(sleeve: Sleeve) -> None:
    with orm.transaction() as tx:
        tx.save(sleeve)


def saved(**values: Any) -> Sleeve:
    sleeve = Sleeve.create()
    for name, value in values.items():
        setattr(sleeve, name, value)
    return sleeve.save()


USES: dict[str, Callable[[orm.File], Any]] = {
    "create": lambda file: Sleeve.create(cover=file),
    "create in a list": lambda file: Sleeve.create(pages=[file]),
    "create in an array of files": lambda file: Sleeve.create(files=[file]),
    "create in a dict": lambda file: Sleeve.create(extras={"a": [{"b": file}]}),
    "save": lambda file: saved(cover=file),
    "save in a dict": lambda file: saved(extras={"a": file}),
    "save with what it refers to": lambda file: Sleeve(cover=file).save(cascade=True),
    "transaction": lambda file: in_transaction(Sleeve(cover=file)),
    "add": lambda file: Sleeve.pointer("abcdefghij").add("files", file),
    "add later": lambda file: Sleeve.pointer("abcdefghij").add_unique("pages", file, send=False),
    "update_all": lambda file: Sleeve.query().update_all(cover=file),
    "cloud parameters": lambda file: orm.call("resize", {"of": file}),
    "a config value": lambda file: orm.config.update({"logo": file}),
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_file_that_was_never_uploaded_is_not_sent(
    use: Callable[[orm.File], Any], make: Callable[[], orm.File], wire: Wire
) -> None:
    with pytest.raises(orm.UnsavedReference, match=NEVER):
        use(make())

    assert all(body == {} for _, _, body in wire.sent)  # of those that make an object to be changed


@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_in_a_batch_its_object_fails_and_the_others_are_saved(make: Callable[[], orm.File], wire: Wire) -> None:
    result = orm.save_all([Sleeve(pages=[make()]), Sleeve()], raise_on_error=False)

    assert [type(error) for _, error in result.failed] == [orm.UnsavedReference]
    assert len(result.saved) == 1
    assert [len(body["requests"]) for _, _, body in wire.sent] == [1]


def test_saving_a_file_without_content_says_so(wire: Wire) -> None:
    with pytest.raises(orm.InvalidValue, match=r"'photo\.png' has no content to upload"):
        orm.File("photo.png").save()

    assert wire.sent == []


def test_a_file_that_the_server_has_is_named_with_its_address(wire: Wire) -> None:
    stored = orm.File("a1_photo.png", url="http://localhost/a1_photo.png").save()
    Sleeve.create(cover=stored)

    assert wire.sent[0][2] == {"cover": {"__type": "File", "name": stored.name, "url": stored.url}}


def test_a_question_names_a_file_by_its_name_alone(wire: Wire) -> None:
    Sleeve.where(cover=orm.File("a1_photo.png")).all()

    assert wire.sent[0][2]["where"] == {"cover": {"$eq": "a1_photo.png"}}


@pytest.mark.parametrize("column", ['"cover": {}', '"extras": {{"a": [{}]}}'])
def test_json_that_names_a_file_without_an_address_is_refused(column: str, wire: Wire) -> None:
    with pytest.raises(orm.UnsavedReference, match=NEVER):
        Sleeve.from_json("{" + column.format('{"__type": "File", "name": "photo.png"}') + "}")
