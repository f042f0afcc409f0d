"""Places for the nodes of a network: forces that pull related nodes together and push all others apart.

The places are those of Fruchterman and Reingold (1991), from a beginning that is always the same: the same network is
always drawn the same way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Place = tuple[float, float]

_ROUNDS = 90
_GOLDEN = math.pi * (3 - math.sqrt(5))
_HEAT = 0.12  # the longest way of a node in the first round, in sides of the square
_PULL = 0.9  # towards the middle, so that parts that nothing relates stay near one another


def spread(count: int, edges: Sequence[tuple[int, int]]) -> list[Place]:
    """A place in the square from 0 to 1 for each of some nodes; ``edges`` are pairs of their numbers.

    >>> spread(1, [])
    [(0.5, 0.5)]
    >>> [round(x, 6) for x, _ in spread(2, [(0, 1)])] in ([0.0, 1.0], [1.0, 0.0])
    True
    """
    places = [_beginning(at, count) for at in range(count)]
    pairs = sorted({(min(pair), max(pair)) for pair in edges if pair[0] != pair[1]})
    ideal = math.sqrt(1 / max(count, 1))
    for turn in range(_ROUNDS if count > 1 else 0):
        pushed = _pushed(places, ideal)
        _pull(pushed, places, pairs, ideal)
        heat = _HEAT * (1 - turn / _ROUNDS)
        places = [_moved(place, force, heat) for place, force in zip(places, pushed, strict=True)]
    return _fitted(places)


def _beginning(at: int, count: int) -> Place:
    """A place on a spiral, as seeds stand in a sunflower: evenly, and never two in one line."""
    radius = 0.5 * math.sqrt((at + 0.5) / count)
    return radius * math.cos(at * _GOLDEN), radius * math.sin(at * _GOLDEN)


def _pushed(places: Sequence[Place], ideal: float) -> list[list[float]]:
    """What pushes each node away from all others, as much as they are near; and what keeps it by the middle."""
    forces = [[-x * _PULL * ideal, -y * _PULL * ideal] for x, y in places]
    square = ideal * ideal
    for one, (x, y) in enumerate(places):
        mine = forces[one]
        for other in range(one + 1, len(places)):
            across, down = x - places[other][0], y - places[other][1]
            push = square / (across * across + down * down + 1e-6)
            mine[0] += across * push
            mine[1] += down * push
            forces[other][0] -= across * push
            forces[other][1] -= down * push
    return forces


def _pull(forces: list[list[float]], places: Sequence[Place], pairs: Sequence[tuple[int, int]], ideal: float) -> None:
    """What pulls nodes that are related together, as much as they are far."""
    for one, other in pairs:
        across, down = places[one][0] - places[other][0], places[one][1] - places[other][1]
        pull = math.hypot(across, down) / ideal
        forces[one][0] -= across * pull
        forces[one][1] -= down * pull
        forces[other][0] += across * pull
        forces[other][1] += down * pull


def _moved(place: Place, force: Sequence[float], heat: float) -> Place:
    length = math.hypot(*force) or 1.0
    step = min(length, heat) / length
    return place[0] + force[0] * step, place[1] + force[1] * step


def _fitted(places: Sequence[Place]) -> list[Place]:
    """The places drawn out until they fill the square; in the middle along a side in which all are alike."""
    sides = [[place[side] for place in places] for side in (0, 1)]
    return [(_within(x, sides[0]), _within(y, sides[1])) for x, y in places]


def _within(value: float, among: Sequence[float]) -> float:
    low, high = min(among), max(among)
    return (value - low) / (high - low) if high - low > 1e-9 else 0.5
