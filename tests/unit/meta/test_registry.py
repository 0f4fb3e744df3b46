"""Models are found by name, late and by whoever asks; a wrong name is answered with the right one."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

import parse_orm as orm
from parse_orm.errors import UnknownModel
from parse_orm.meta import Registry, registry


class RegistryBand(orm.ParseObject):
    name = orm.property(str)


def test_a_model_is_found_by_its_name_and_by_its_class() -> None:
    assert registry.find("RegistryBand") is RegistryBand
    assert registry.for_class("RegistryBand") is RegistryBand
    assert registry.for_class("NoSuchClass") is None


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("Note(user='a').user", "<User a (not loaded)>"),
        ("Note(links=[orm.Pointer('_User', 'a')]).links", "[Pointer(class_name='_User', id='a')]"),
        ("registry.for_class('_Session').__name__", "Session"),
        ("registry.find('_User').__name__", "User"),
        ("registry.find('Role').__name__", "Role"),
    ],
)
def test_the_server_s_own_classes_are_found_though_nobody_named_them_yet(asked: str, answer: str) -> None:
    program = (
        "import parse_orm as orm\n"
        "from parse_orm.meta import registry\n"
        "class Note(orm.ParseObject):\n"
        "    user = orm.belongs_to('User')\n"
        "    links = orm.array()\n"
        f"print({asked})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout == f"{answer}\n", done.stderr


def test_a_python_name_is_found_though_the_parse_class_is_another() -> None:
    class RegistryTrack(orm.ParseObject, class_name="RegistrySong"):
        pass

    assert registry.find("RegistryTrack") is RegistryTrack
    assert registry.find("RegistrySong") is RegistryTrack


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownModel, match=r"Did you mean 'RegistryBand'\?.*imported"):
        registry.find("RegistryBant")
    with pytest.raises(UnknownModel, match="Registered: none"):
        Registry().find("Anything")
    assert Registry().for_class("Anything") is None


def test_namesakes_are_told_apart_by_module_or_refused() -> None:
    def declared(module: str) -> type[orm.ParseObject]:
        return type("RegistryTwin", (orm.ParseObject,), {"__module__": module})

    one, two = declared("shop.models"), declared("blog.models")

    assert registry.find("RegistryTwin", module="shop.models") is one
    assert registry.find("RegistryTwin", module="blog.models") is two
    with pytest.raises(UnknownModel, match=r"blog\.models\.RegistryTwin"):
        registry.find("RegistryTwin", module="elsewhere")


def test_a_class_that_is_declared_again_takes_its_own_place() -> None:
    def declared() -> type[orm.ParseObject]:
        return type("RegistryAgain", (orm.ParseObject,), {"__module__": "notebook"})

    declared()
    newer = declared()

    assert registry.find("RegistryAgain") is newer


def test_a_subclass_stands_in_for_its_base_while_it_lives() -> None:
    class RegistryNote(orm.ParseObject):
        pass

    class RegistryMemo(RegistryNote, class_name="RegistryNote"):
        extra = orm.property(str)

    assert registry.for_class("RegistryNote") is RegistryMemo
    assert registry.find("RegistryNote") is RegistryMemo
    del RegistryMemo
    gc.collect()
    assert registry.for_class("RegistryNote") is RegistryNote
    assert registry.find("RegistryNote") is RegistryNote


def test_a_class_made_in_a_function_can_go_away() -> None:
    def make() -> None:
        class RegistryGone(orm.ParseObject):
            pass

    make()
    gc.collect()

    assert registry.for_class("RegistryGone") is None
