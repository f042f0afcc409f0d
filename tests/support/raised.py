"""The texts of errors that stand in the program of the server, read from its source: what may reach a page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "kg"
"""Where the program stands."""

PLACE = "{}"
"""What stands in a text for what it fills in."""

_AWAY = ("assistants", "http", "remote/publishing", "rewriting")
"""Rooms of the server whose errors reach no page: other protocols, the shell, and what is caught within."""
_UNSEEN = {"clients.py", "allocator.py", "request_log.py", "pairs.py", "texts.py", "error_texts.py", "addresses.py"}
"""Modules whose errors are those of a server that does not start; see `_GROUND` for the other way."""
_GROUND = ("catalogue/binding.py", "catalogue/records.py", "explaining/names.py", "release.py")
"""Modules of the ground floor that raise errors while a request is answered."""
_MAKERS = {"_busy": 0, "_refuse": 3, "_error": 2, "_too_much": 1, "RequestEntityTooLarge": 0, "OSError": 0}
"""Functions that make an error, and which of their arguments is its message."""
_TELLING = {"instead", "_declare"}
"""Functions whose results say what to do."""
_WORDS = {"", "seconds", "milliseconds", "no"}
"""Single words of a text that are chosen within it; others are names, which are the same in all languages."""
_LETTERS = re.compile(r"[a-z]{2}")


@dataclass(slots=True)
class Texts:
    """Texts with ``{}`` for what they fill in: what was wrong, what would have done, what to do."""

    detail: set[str] = field(default_factory=set)
    expected: set[str] = field(default_factory=set)
    hint: set[str] = field(default_factory=set)


def raised() -> Texts:
    """All texts of errors of the server that may reach a page."""
    found = Texts()
    for path in _modules():
        _Reader(ast.parse(path.read_text(encoding="utf-8")), path).read(found)
    for texts in (found.detail, found.expected, found.hint):
        texts -= {text for text in texts if not _LETTERS.search(text)}
    return found


def _modules() -> Iterator[Path]:
    serve = SOURCE / "serve"
    for path in sorted(serve.rglob("*.py")):
        place = path.relative_to(serve).as_posix()
        if place == "federation/addresses.py" or not (place.startswith(_AWAY) or path.name in _UNSEEN):
            yield path
    yield from (SOURCE / "ground" / name for name in _GROUND)


class _Reader:
    """Reads one module."""

    def __init__(self, tree: ast.Module, path: Path) -> None:
        self._tree = tree
        self._slips = path.parent.name == "slips"
        self._meanings = path.name == "meaning.py"
        self._constants = _assigned(tree.body)

    def read(self, found: Texts) -> None:
        for scope in (self._tree, *(node for node in ast.walk(self._tree) if isinstance(node, ast.FunctionDef))):
            local = _assigned(ast.walk(scope)) if isinstance(scope, ast.FunctionDef) else {}
            for node in _within(scope):
                if isinstance(node, ast.Call):
                    self._call(node, local, found)
                elif isinstance(node, ast.Return) and node.value is not None:
                    self._return(scope, node.value, local, found)
        if self._meanings:
            found.detail |= self._dictionary("_GENERAL")

    def _call(self, call: ast.Call, local: dict[str, list[ast.expr]], found: Texts) -> None:
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        first = _MAKERS.get(name, 0)
        if name in _MAKERS or name.endswith(("Error", "_failed")):
            found.detail.update(*(self._texts(node, local) for node in call.args[first : first + 2]))
        if name == "_error":
            given = dict(zip(("expected", "remedy"), call.args[3:], strict=False))
            found.detail -= self._texts(given["expected"], local) if "expected" in given else set()
            for word, node in given.items():
                (found.expected if word == "expected" else found.hint).update(self._texts(node, local))
        sets = {"expected": found.expected, "remedy": found.hint, "description": found.detail}
        for word in call.keywords:
            if word.arg in sets and name != "Problem":
                sets[word.arg] |= self._texts(word.value, local)

    def _return(self, scope: ast.AST, value: ast.expr, local: dict[str, list[ast.expr]], found: Texts) -> None:
        if self._meanings:
            for finding in (node for node in ast.walk(value) if isinstance(node, ast.Tuple) and len(node.elts) == 3):
                found.detail |= self._texts(finding.elts[1], local)
                found.hint |= self._texts(finding.elts[2], local)
        elif self._slips or getattr(scope, "name", "") in _TELLING:
            found.hint |= self._texts(value, local)

    def _texts(self, node: ast.expr, local: dict[str, list[ast.expr]]) -> set[str]:
        """The texts that an expression may be; one ``{}`` for what is known only when the program runs."""
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.Constant(value=None):
                return set()
            case ast.JoinedStr(values=parts):
                return _joined(self._part(part, local) for part in parts)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return _joined([self._texts(left, local), self._texts(right, local)])
            case ast.IfExp(body=body, orelse=other):
                return self._texts(body, local) | self._texts(other, local)
            case ast.BoolOp(values=values):
                return set().union(*(self._texts(value, local) for value in values))
            case ast.Name(id=name) if name in local or name in self._constants:
                known = local.get(name) or self._constants[name]
                rest = {other: nodes for other, nodes in local.items() if other != name}
                return set().union(*(self._texts(value, rest) for value in known))
            case ast.Call(func=ast.Attribute(value=ast.JoinedStr() as text, attr="rstrip")):
                return self._texts(text, local)
            case ast.Subscript(value=ast.Name(id=name)) if name in self._constants:
                return self._dictionary(name) or {PLACE}
        return {PLACE}

    def _part(self, part: ast.expr, local: dict[str, list[ast.expr]]) -> set[str]:
        """The texts of one part of an f-string; a constant of the module is a value that is filled in."""
        if not isinstance(part, ast.FormattedValue):
            return self._texts(part, local)
        value = part.value
        told = isinstance(value, ast.Subscript | ast.IfExp | ast.BoolOp | ast.Name) and part.conversion == -1
        found = self._texts(value, local) if told else {PLACE}
        kept = {text if " " in text or text in _WORDS else PLACE for text in found}
        return kept if kept != {""} and kept != {"", PLACE} else {PLACE}

    def _dictionary(self, name: str) -> set[str]:
        """The texts of a table of the module."""
        nodes = [node for node in self._constants[name] if isinstance(node, ast.Dict)]
        return set().union(*(self._texts(value, {}) for node in nodes for value in node.values))


def _within(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module or a function, without those of the functions inside it."""
    for child in ast.iter_child_nodes(scope):
        if not isinstance(child, ast.FunctionDef):
            yield child
            yield from _within(child)


def _assigned(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """What each name is given."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        for target, value in _pairs(node):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield from zip(names, values, strict=True)
        case ast.Assign(targets=[target], value=value):
            yield target, value
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value


def _joined(parts: Iterable[set[str]]) -> set[str]:
    return {re.sub(r"(\{\})+", PLACE, "".join(chosen)) for chosen in product(*parts)}
