"""Where on earth: conditions on GeoPoint and Polygon columns, always in radians and in GeoPoints.

Parse Server 9.10 on Postgres ignores ``$maxDistanceInKilometers`` and ``$maxDistanceInMiles``, and reads bare pairs
inside ``$polygon`` as longitude first although columns have latitude first.
"""

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..errors import BadQuery
from ..types.depth import short_repr
from ..types.geo import KILOMETRES_PER_RADIAN, MILES_PER_RADIAN, GeoPoint, Polygon
from .where import Where

if TYPE_CHECKING:
    from .expression import Expression

#: Degrees of longitude; the shorter way between points that are farther apart crosses the date line.
HALF_ROUND = 180

#: Units of one radian.
PER_RADIAN = {"km": KILOMETRES_PER_RADIAN, "miles": MILES_PER_RADIAN, "radians": 1.0}


def point(value: Any) -> dict[str, Any]:
    """A GeoPoint in wire form."""
    if not isinstance(value, GeoPoint):
        raise BadQuery(f"a GeoPoint is needed, not {short_repr(value)}")
    return {"__type": "GeoPoint", "latitude": value.latitude, "longitude": value.longitude}


def distance(unit: str) -> Callable[[Any], tuple[dict[str, Any], float]]:
    """Read (GeoPoint, distance) with the distance in this unit."""

    def read(value: Any) -> tuple[dict[str, Any], float]:
        centre, length = value
        if isinstance(length, bool) or not isinstance(length, (int, float)) or not 0 <= length < math.inf:
            raise BadQuery(f"a distance is a number from 0, not {short_repr(length)}")
        return point(centre), length / PER_RADIAN[unit]

    return read


def nearest(value: Any) -> tuple[dict[str, Any], float | None]:
    """Read a GeoPoint, or a GeoPoint with the largest distance in radians."""
    return (point(value), None) if isinstance(value, GeoPoint) else distance("radians")(value)


def corners(value: Any) -> list[dict[str, Any]]:
    """Read the south-west and north-east corners of a box; Postgres would turn a box around without a word."""
    southwest, northeast = value
    wire = [point(southwest), point(northeast)]
    if southwest.longitude > northeast.longitude or southwest.latitude > northeast.latitude:
        raise BadQuery(
            "a box goes from its south-west to its north-east corner; ask a box across the date line as two boxes "
            "joined by |"
        )
    return wire


def outline(value: Any) -> list[dict[str, Any]]:
    """Read a Polygon, or three or more points."""
    try:
        points = (value if isinstance(value, Polygon) else Polygon(value)).points
    except (TypeError, ValueError) as error:
        raise BadQuery(f"a polygon is an orm.Polygon or three or more GeoPoints: {error}") from None
    _refuse_date_line(points)
    return [point(each) for each in points]


def _refuse_date_line(points: tuple[GeoPoint, ...]) -> None:
    """The server's map is flat: a side across the date line goes the long way round the world there."""
    for start, end in zip(points, points[1:] + points[:1], strict=True):
        if abs(start.longitude - end.longitude) > HALF_ROUND:
            raise BadQuery(
                f"the side from longitude {start.longitude} to {end.longitude} crosses the date line, or is more than "
                "half round the world: ask two polygons that end at 180 and -180, joined by |, or give a side that is "
                "meant to be so long a point in between"
            )


def near(column: "Expression[Any]", value: tuple[dict[str, Any], float | None]) -> Where:
    """Nearest first."""
    centre, farthest = value
    return {column.path: {"$nearSphere": centre, **({} if farthest is None else {"$maxDistance": farthest})}}


def within(column: "Expression[Any]", value: tuple[dict[str, Any], float]) -> Where:
    """Inside a circle, in no order. ``$nearSphere`` would sort, and could not be negated or stand in an ``$or``."""
    return {column.path: {"$geoWithin": {"$centerSphere": list(value)}}}


def within_box(column: "Expression[Any]", value: list[dict[str, Any]]) -> Where:
    """Inside a box."""
    return {column.path: {"$within": {"$box": value}}}


def within_polygon(column: "Expression[Any]", value: list[dict[str, Any]]) -> Where:
    """Inside a polygon."""
    return {column.path: {"$geoWithin": {"$polygon": value}}}


def geo_intersects(column: "Expression[Any]", value: dict[str, Any]) -> Where:
    """The polygon of the row holds the point."""
    return {column.path: {"$geoIntersects": {"$point": value}}}


def refuse(column: "Expression[Any]", value: Iterable[Any]) -> Where:
    """``near`` has no opposite."""
    raise BadQuery(f"{column.label}: 'near' sorts by distance and has no opposite; negate within_km(...)")
