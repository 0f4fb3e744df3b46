"""Lines that both checkers must refuse."""

from __future__ import annotations

import parse_orm as orm


class Crew(orm.ParseObject):
    name = orm.property(str)


class Ship(orm.ParseObject):
    crew = orm.has_many(Crew, through="array")
    ports = orm.has_many(Crew, through="relation")
    nowhere = orm.has_many(Crew, through="table")  # error


ship = Ship()
ship.crew = ["a"]  # error
ship.crew.append(ship)  # error
ship.ports.add(3)  # error
