"""Places on the earth: what is refused, how far apart they are, what lies inside."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parse_orm.types import GeoPoint, Polygon

POINTS = st.builds(GeoPoint, st.floats(-90, 90), st.floats(-180, 180))
BERLIN, PARIS = GeoPoint(52.52, 13.405), GeoPoint(48.8566, 2.3522)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(91, 0), (-90.1, 0), (0, 181), (0, -180.5), (math.nan, 0), (0, math.inf), (True, 0), ("1", 0), (None, 0)],
)
def test_what_is_no_place_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match=r"latitude|longitude"):
        GeoPoint(latitude, longitude)


def test_distances_in_three_units() -> None:
    assert BERLIN.distance_km(PARIS) == pytest.approx(877.5, abs=1)
    assert BERLIN.distance_miles(PARIS) == pytest.approx(545.2, abs=1)
    assert BERLIN.distance_radians(PARIS) == pytest.approx(877.5 / 6371, abs=1e-3)


@settings(deadline=None)
@given(POINTS, POINTS)
def test_distance_is_symmetric_and_at_most_half_the_earth(a: GeoPoint, b: GeoPoint) -> None:
    assert a.distance_radians(b) == pytest.approx(b.distance_radians(a))
    assert 0 <= a.distance_radians(b) <= math.pi
    assert a.distance_km(a) == 0


def test_a_polygon_drops_the_point_that_closes_the_ring() -> None:
    ring = [(0, 0), (0, 10), (10, 10), (0, 0)]

    assert Polygon(ring) == Polygon(ring[:-1])
    assert len(Polygon(ring).points) == 3


@pytest.mark.parametrize("points", [[], [(0, 0), (1, 1)], [(0, 0), (1, 1), (0, 0)]])
def test_a_polygon_needs_three_points(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="three"):
        Polygon(points)


@pytest.mark.parametrize(
    ("point", "inside"), [((5, 5), True), ((5, 15), False), ((15, 5), False), ((-1, -1), False), ((9.9, 0.1), True)]
)
def test_what_lies_inside_a_polygon(point: tuple[float, float], inside: bool) -> None:
    square = Polygon([(0, 0), (0, 10), (10, 10), (10, 0)])

    assert square.contains(GeoPoint(*point)) is inside
