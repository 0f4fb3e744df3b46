"""Places on the earth: points, polygons and the distances between them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

#: Mean radius as Parse Server uses it when it turns kilometres and miles into radians (9.10).
KILOMETRES_PER_RADIAN = 6371.0
MILES_PER_RADIAN = 3958.8


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A place given by latitude and longitude in degrees.

    >>> berlin, paris = GeoPoint(52.52, 13.405), GeoPoint(48.8566, 2.3522)
    >>> round(berlin.distance_km(paris))
    877

    Args:
        latitude: degrees north, -90 to 90.
        longitude: degrees east, -180 to 180.

    Raises:
        ValueError: a coordinate is not a finite number in its range. Parse Server stores latitude 91
            without a word (9.10), so it is refused here.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        _check_degrees("latitude", self.latitude, 90)
        _check_degrees("longitude", self.longitude, 180)

    def distance_radians(self, other: "GeoPoint") -> float:
        """The great-circle distance to another point, in radians."""
        north, south = math.radians(self.latitude), math.radians(other.latitude)
        half_height = (north - south) / 2
        half_width = math.radians(self.longitude - other.longitude) / 2
        square = math.sin(half_height) ** 2 + math.cos(north) * math.cos(south) * math.sin(half_width) ** 2
        return 2 * math.asin(math.sqrt(min(1.0, square)))

    def distance_km(self, other: "GeoPoint") -> float:
        """The great-circle distance to another point, in kilometres."""
        return self.distance_radians(other) * KILOMETRES_PER_RADIAN

    def distance_miles(self, other: "GeoPoint") -> float:
        """The great-circle distance to another point, in miles."""
        return self.distance_radians(other) * MILES_PER_RADIAN


@dataclass(frozen=True, slots=True, init=False)
class Polygon:
    """An area bounded by three or more points.

    >>> square = Polygon([(0, 0), (0, 10), (10, 10), (10, 0)])
    >>> square.contains(GeoPoint(5, 5)), square.contains(GeoPoint(5, 15))
    (True, False)

    Args:
        points: GeoPoints or (latitude, longitude) pairs; a repeated first point at the end is dropped.

    Raises:
        ValueError: fewer than three points, or one of them is no place on earth.
    """

    points: tuple[GeoPoint, ...]

    def __init__(self, points: Iterable[Any]) -> None:
        corners = [point if isinstance(point, GeoPoint) else GeoPoint(*point) for point in points]
        if len(corners) > 1 and corners[0] == corners[-1]:
            corners.pop()  # the server answers with a closed ring whatever was sent (9.10)
        if len(corners) < 3:
            raise ValueError(f"a polygon needs at least three different points, not {len(corners)}")
        object.__setattr__(self, "points", tuple(corners))

    def contains(self, point: GeoPoint) -> bool:
        """Whether a point lies inside, on a flat map of degrees as the server reckons."""
        inside = False
        x, y = point.longitude, point.latitude
        for a, b in zip(self.points, self.points[1:] + self.points[:1], strict=True):
            crosses = (a.latitude > y) != (b.latitude > y)
            if crosses and x < (b.longitude - a.longitude) * (y - a.latitude) / (b.latitude - a.latitude) + a.longitude:
                inside = not inside
        return inside


def _check_degrees(name: str, value: object, limit: int) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number of degrees, not {value!r}")
    if abs(value) > limit:
        raise ValueError(f"{name} must lie between -{limit} and {limit} degrees, not {value!r}")
