"""The drawing of the floors in docs/house.md shows the code as it is, in the order that make lint checks."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def drawn() -> list[str]:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    drawing = page.split("```text\n")[1].split("```")[0]
    rooms = (line[13:].split()[0] for line in drawing.splitlines() if "─" not in line)
    return [room for room in rooms if room]


def floors() -> list[set[str]]:
    """The rooms of each floor, from the roof down."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = settings["importlinter:contract:floors"]["layers"].split("\n")
    return [set(re.findall(r"\w+", layer)) for layer in layers if layer]


def test_every_room_that_is_built_is_drawn_and_no_other() -> None:
    built = {path.stem for path in (ROOT / "parse_orm").iterdir() if path.is_dir() or path.suffix == ".py"}

    assert sorted(drawn()) == sorted(room for room in built if not room.startswith("_"))


def test_the_rooms_are_drawn_on_their_floors() -> None:
    height = {room: number for number, rooms in enumerate(floors()) for room in rooms}
    heights = [height[room] for room in drawn()]

    assert heights == sorted(heights)
