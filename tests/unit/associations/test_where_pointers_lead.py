"""Where a pointer leads is found once for each answer; what was found must hold for the column that is read."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import parse_orm as orm
from parse_orm.fields.origin import HERE, Origin
from parse_orm.meta.registry import registry


def pointer(class_name: str) -> dict[str, Any]:
    return {"__type": "Pointer", "className": class_name, "objectId": "xWMyZ4YEGZ"}


class LeadPainter(orm.ParseObject):
    pass


class LeadBand(orm.ParseObject):
    pass


class LeadPicture(orm.ParseObject):
    maker = orm.belongs_to(LeadPainter)


class LeadAlbum(orm.ParseObject):
    maker = orm.belongs_to(LeadBand)


def test_columns_of_one_name_lead_to_the_models_they_name() -> None:
    origin = Origin()  # objects of several classes that were saved together share one, as rows of a mixed list do

    (picture,) = LeadPicture._hydrate([{"objectId": "a", "maker": pointer("LeadPainter")}], origin)
    (album,) = LeadAlbum._hydrate([{"objectId": "b", "maker": pointer("LeadBand")}], origin)

    assert type(picture.maker) is LeadPainter
    assert type(album.maker) is LeadBand


def test_a_model_that_is_declared_later_is_found_by_rows_that_are_here_already() -> None:
    class LeadOwner(orm.ParseObject):
        pass

    class LeadHouse(orm.ParseObject):
        owner = orm.belongs_to(LeadOwner)

    one, other = LeadHouse._hydrate([{"objectId": id, "owner": pointer("LeadOwner")} for id in "ab"], Origin())
    assert type(one.owner) is LeadOwner

    class LeadNewOwner(LeadOwner, class_name="LeadOwner"):
        pass

    assert registry.for_class("LeadOwner") is LeadNewOwner
    assert type(other.owner) is LeadNewOwner


def test_new_objects_keep_no_model_alive() -> None:
    def declare() -> weakref.ref[type[Any]]:
        class LeadGone(orm.ParseObject):
            pass

        class LeadKept(orm.ParseObject):
            gone = orm.belongs_to(LeadGone)

        assert type(LeadKept(gone=orm.Pointer("LeadGone", "xWMyZ4YEGZ")).gone) is LeadGone
        return weakref.ref(LeadGone)

    gone = declare()
    gc.collect()

    assert gone() is None
    assert HERE.leads == {}
