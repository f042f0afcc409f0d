"""Diagrams as boxes and lines with their places; the template draws them, the style sheet gives them their colours.

Each diagram is laid out twice: side by side for wide screens, one below the other for narrow ones. Names stand in a
font in which every letter is equally wide, so that the size of a box follows from the length of its names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

LETTER = 7.6
"""The width of a letter of a name, at 12.5 units."""

WIDE = 1080
NARROW = 336
"""The widths of the two layouts, in units that are pixels at full size."""

_TITLE = 26  # the height of a box with a name alone
_SUBTITLE = 16
_ROW = 20
_GAP = 14
_PADDING = 10
_INDENT = 18
_STEM = 44  # between the columns of a tree


@dataclass(frozen=True, slots=True)
class Row:
    """A property within the box of a class: its name, and what its values are where no line leads to them."""

    name: str
    href: str
    range: str = ""
    targets: tuple[str, ...] = ()
    """The keys of the nodes that the property leads to."""


@dataclass(frozen=True, slots=True)
class Node:
    """Something to be drawn: a class, a property, a scheme; ``above`` are the keys of what it is a kind of."""

    key: str
    title: str
    href: str
    subtitle: str = ""
    above: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    foreign: bool = False
    """Whether it belongs to another module or vocabulary."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place."""

    node: Node
    x: float
    y: float
    width: float
    height: float

    @property
    def rows(self) -> Iterator[tuple[Row, float]]:
        """The rows, each with the height of its base line."""
        for place, row in enumerate(self.node.rows):
            yield row, self.y + _head(self.node) + _ROW * (place + 0.7)

    @property
    def head(self) -> float:
        """The height of the part with the name."""
        return _head(self.node)


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes; ``tip`` is the head of the arrow that says "is a kind of"."""

    path: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram in one layout."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Diagram:
    """A diagram in both layouts."""

    wide: Drawing
    narrow: Drawing


def _head(node: Node) -> float:
    return _TITLE + (_SUBTITLE if node.subtitle else 0)


def _height(node: Node) -> float:
    return _head(node) + (_ROW * len(node.rows) + 6 if node.rows else 0)


def _width(nodes: Iterable[Node], *, least: float = 90) -> float:
    """The width that the longest name or row of some boxes needs; subtitles are set smaller."""
    needed = [least]
    for node in nodes:
        rows = (len(row.name) + len(row.range) + (3 if row.range else 0) for row in node.rows)
        needed += [len(node.title) * LETTER, len(node.subtitle) * 7, *(letters * LETTER for letters in rows)]
    return max(needed) + 2 * _PADDING


# Trees: what is a kind of what


def tree(nodes: Sequence[Node], *, tips: bool = True) -> Diagram:
    """Nodes as trees, each below the first of those above it: to its right on wide screens, indented on narrow ones.

    Without ``tips`` the lines do not say "is a kind of".
    """
    known = {node.key: node for node in nodes}
    parents = {node.key: next((key for key in node.above if key in known), "") for node in nodes}
    children: dict[str, list[str]] = {}
    for key, parent in parents.items():
        children.setdefault(parent, []).append(key)
    layouts = []
    for layout, line in ((_wide_tree, _to_parent), (_narrow_tree, _bracket)):
        boxes, width = layout(known, children)
        lines = [line(boxes[upper], boxes[key], tips) for upper in boxes for key in children.get(upper, ())]
        layouts.append(_drawing(width, boxes.values(), lines))
    return Diagram(*layouts)


def _depths(children: Mapping[str, list[str]], top: str = "", depth: int = 0) -> Iterator[tuple[str, int]]:
    """The keys as a tree is read, each with its depth."""
    for key in children.get(top, ()):
        yield key, depth
        yield from _depths(children, key, depth + 1)


def _wide_tree(known: Mapping[str, Node], children: Mapping[str, list[str]]) -> tuple[dict[str, Box], float]:
    depths = dict(_depths(children))
    widths = [_width(known[key] for key in depths if depths[key] == depth) for depth in range(max(depths.values()) + 1)]
    lefts = [sum(widths[:depth]) + _STEM * depth + 1 for depth in range(len(widths))]
    boxes: dict[str, Box] = {}

    def needed(keys: Sequence[str], gap: float) -> float:
        return sum(room(key) for key in keys) + gap * (len(keys) - 1)

    def room(key: str) -> float:
        return max(_height(known[key]), needed(children.get(key, ()), _GAP * 0.6))

    def place(keys: Sequence[str], top: float, gap: float) -> None:
        for key in keys:
            high, depth, below = room(key), depths[key], children.get(key, ())
            boxes[key] = Box(
                known[key], lefts[depth], top + (high - _height(known[key])) / 2, widths[depth], _height(known[key])
            )
            place(below, top + (high - needed(below, _GAP * 0.6)) / 2, _GAP * 0.6)
            top += high + gap

    place(children.get("", ()), 1, _GAP)
    return boxes, max(WIDE, lefts[-1] + widths[-1] + 1)


def _narrow_tree(known: Mapping[str, Node], children: Mapping[str, list[str]]) -> tuple[dict[str, Box], float]:
    boxes: dict[str, Box] = {}
    y = 1.0
    for key, depth in _depths(children):
        left = 1.0 + _INDENT * depth
        boxes[key] = Box(known[key], left, y, NARROW - left - 1, _height(known[key]))
        y += _height(known[key]) + _GAP * 0.6
    return boxes, NARROW


def _to_parent(parent: Box, child: Box, tip: bool) -> Line:
    """From the left side of the lower one to the right side of the upper one."""
    x, y = parent.x + parent.width, parent.y + parent.height / 2
    end, level = child.x, child.y + child.height / 2
    path = f"M{end:g} {level:g}H{(x + end + 10) / 2:g}V{y:g}H{x + 9 * tip:g}"
    return Line(path, _tip(x, y) if tip else "")


def _bracket(parent: Box, child: Box, tip: bool) -> Line:
    """From the left side of the lower one up to the lower edge of the upper one."""
    x, y, level = parent.x + _INDENT / 2, parent.y + parent.height, child.y + child.height / 2
    path = f"M{child.x:g} {level:g}H{x:g}V{y + 7 * tip:g}"
    return Line(path, f"M{x:g} {y:g}l4 7h-8z" if tip else "")


def _tip(x: float, y: float) -> str:
    return f"M{x:g} {y:g}l9 -5v10z"


# Classes with their properties


def classes(nodes: Sequence[Node], others: Mapping[str, Node]) -> Diagram:
    """Classes one below the other with their properties, what they are kinds of to the left, what they lead to, right.

    ``others`` holds what stands outside the module and may be named in ``above`` or in the targets of a row.
    """
    return Diagram(_wide_classes(nodes, others), tree(nodes).narrow)


def _stack(nodes: Iterable[Node], x: float, width: float) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    y = 1.0
    for node in nodes:
        boxes[node.key] = Box(node, x, y, width, _height(node))
        y += _height(node) + 1.6 * _GAP
    return boxes


def _wide_classes(nodes: Sequence[Node], others: Mapping[str, Node]) -> Drawing:
    above = _joined(nodes, others, lambda node: [*node.above])
    beyond = _joined(nodes, others, lambda node: [key for row in node.rows for key in row.targets])
    left, right = _width(others[key] for key in above), _width(others[key] for key in beyond)
    middle = _width((_without_ranges(node) for node in nodes), least=270)
    boxes = _stack(nodes, left + 90 if above else 26, middle)
    up: dict[str, list[float]] = {}
    across: dict[str, list[float]] = {}
    for box in boxes.values():
        for key in box.node.above:
            up.setdefault(key, []).append(_middle(box))
        for row, y in box.rows:
            for key in row.targets:
                across.setdefault(key, []).append(y)
    parents = _beside(above, others, 1, left, up)
    end = max(box.x + box.width for box in boxes.values())
    targets = _beside(beyond, others, max(WIDE - right - 1, end + 90), right, across)
    lines = [*_up(boxes, parents), *_across(boxes, targets)]
    width = max([WIDE, *(box.x + box.width + 1 for box in targets.values())])
    return _drawing(width, [*boxes.values(), *parents.values(), *targets.values()], lines)


def _joined(
    nodes: Sequence[Node], others: Mapping[str, Node], keys: Callable[[Node], Iterable[str]]
) -> dict[str, None]:
    """What stands outside and is joined with some of the nodes, each once."""
    inside = {node.key for node in nodes}
    return dict.fromkeys(key for node in nodes for key in keys(node) if key in others and key not in inside)


def _without_ranges(node: Node) -> Node:
    return replace(node, rows=tuple(replace(row, range="" if row.targets else row.range) for row in node.rows))


def _beside(
    keys: Iterable[str], others: Mapping[str, Node], x: float, width: float, joined: Mapping[str, list[float]]
) -> dict[str, Box]:
    """The nodes of a column, each as near as may be to the middle of what it is joined with."""
    middle = {key: sum(joined[key]) / len(joined[key]) for key in keys}
    boxes: dict[str, Box] = {}
    free = 1.0
    for key in sorted(middle, key=middle.__getitem__):
        height = _height(others[key])
        y = max(free, middle[key] - height / 2)
        boxes[key] = Box(others[key], x, y, width, height)
        free = y + height + _GAP
    return boxes


def _middle(box: Box) -> float:
    return box.y + _head(box.node) / 2


def _up(boxes: Mapping[str, Box], parents: Mapping[str, Box]) -> Iterator[Line]:
    """From the classes to what they are kinds of: in the column to the left, or in their own."""
    for box in boxes.values():
        y = _middle(box)
        for key in box.node.above:
            if key in parents:
                right = parents[key].x + parents[key].width
                level = parents[key].y + parents[key].height / 2
                bend = (right + 9 + box.x) / 2
                path = f"M{box.x:g} {y:g}C{bend:g} {y:g} {bend:g} {level:g} {right + 9:g} {level:g}"
                yield Line(path, _tip(right, level))
            elif key in boxes:
                x, level = box.x, _middle(boxes[key])
                yield Line(f"M{x:g} {y:g}h-18V{level:g}h9", f"M{x:g} {level:g}l-9 -5v10z")


def _across(boxes: Mapping[str, Box], targets: Mapping[str, Box]) -> Iterator[Line]:
    """From the properties to what they lead to: to the right, or in their own column, each on a way of its own."""
    reach = 10
    for box in boxes.values():
        x = box.x + box.width
        for row, y in box.rows:
            level = y - 4
            for key in row.targets:
                if key in targets:
                    end, height = targets[key].x, targets[key].y + targets[key].height / 2
                    bend = (x + end) / 2
                    yield Line(f"M{x:g} {level:g}C{bend:g} {level:g} {bend:g} {height:g} {end:g} {height:g}")
                elif key in boxes:
                    reach += 8
                    yield Line(f"M{x:g} {level:g}h{reach}V{_middle(boxes[key]):g}h-{reach}m6 -4l-6 4l6 4")


def _drawing(width: float, boxes: Iterable[Box], lines: Iterable[Line]) -> Drawing:
    kept = tuple(boxes)
    return Drawing(width, max((box.y + box.height for box in kept), default=0) + 1, kept, tuple(lines))
