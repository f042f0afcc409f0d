"""Reading a query into its syntax tree: the grammar of SPARQL 1.1 queries, without what no rule knows of.

Whatever is not understood here (federation, quoted triples, words of a later grammar) makes no tree, and the query is
left as it is. So the grammar may be narrower than that of the engine, but must never see something else in a text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from kg.serve.rewriting.reading import UnknownError
from kg.serve.rewriting.syntax import (
    Bind,
    Element,
    Exists,
    Expression,
    Filter,
    Graph,
    Group,
    Item,
    Minus,
    Optional,
    Order,
    Query,
    Select,
    Triples,
    Union,
    Values,
)
from kg.serve.rewriting.triples import TripleTokens

_IRIS = re.compile(r"(?:[\s()]*+<[^>]*+>)*+[\s()]*+")
_VALUE = re.compile(r"<[^>]*>|[^\s<>()]+")
_DEPTH = 60


def parse(text: str) -> Query | None:
    """Read a query; None if it is not understood, or no query.

    >>> parse("SELECT * { ?s a ?class FILTER NOT EXISTS { ?s ?p ?o } }").body.where.elements[1].exists.negated
    True
    >>> parse("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    """
    try:
        return _Parser(text).query()
    except (UnknownError, IndexError):
        return None


class _Parser(TripleTokens):
    """A parser by recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

    # The query

    def query(self) -> Query:
        self.prologue()
        start, form = self.starts[self.at], self.words[self.at]
        if form == "SELECT":
            body = self.select()
        elif form == "ASK":
            self.at += 1
            body = Select(start, start, form, self.where())
            self.modifiers(body)
        elif form == "CONSTRUCT":
            self.at += 1
            body = self.construct(start)
            self.modifiers(body)
        else:
            raise UnknownError
        body.outer = True
        if self.at != len(self.texts) - 1:
            raise UnknownError
        body.end = self.end()
        return Query(self.text, self.prefixes, body)

    def construct(self, start: int) -> Select:
        if self.words[self.at] == "WHERE":
            where = self.where()
            if not (len(where.elements) == 1 and isinstance(where.elements[0], Triples)):
                raise UnknownError
            return Select(start, start, "CONSTRUCT", where, template=where.elements[0], short=True)
        self.need("{")
        template = self.triples()
        self.take(".")
        self.need("}")
        return Select(start, start, "CONSTRUCT", self.where(), template=template)

    def prologue(self) -> None:
        while self.words[self.at] in {"PREFIX", "BASE"} and self.kinds[self.at] == "word":
            if self.take("BASE"):
                raise UnknownError  # relative IRIs are not worth the trouble
            self.at += 1
            name, iri = self.texts[self.at], self.texts[self.at + 1]
            if self.kinds[self.at] != "name" or not name.endswith(":") or self.kinds[self.at + 1] != "iri":
                raise UnknownError
            self.prefixes[name[:-1]] = self.absolute(iri[1:-1])
            self.at += 2

    def where(self) -> Group:
        self.take("WHERE")
        return self.group()

    def select(self) -> Select:
        start = self.starts[self.at]
        self.need("SELECT")
        distinct = self.take("DISTINCT")
        if not distinct and self.take("REDUCED"):
            raise UnknownError
        items = None if self.take("*") else self.items()
        found = Select(start, start, "SELECT", self.where(), distinct, items)
        self.modifiers(found)
        found.end = self.end()
        return found

    def items(self) -> list[Item]:
        items = []
        while True:
            start = self.starts[self.at]
            if self.kinds[self.at] == "variable":
                name = self.name()
                items.append(Item(start, self.end(), name))
            elif self.take("("):
                expression = self.expression_until("AS")
                self.need("AS")
                name = self.name()
                self.need(")")
                items.append(Item(start, self.end(), name, expression))
            elif items:
                return items
            else:
                raise UnknownError

    def modifiers(self, found: Select) -> None:
        if self.take("GROUP"):
            self.need("BY")
            found.keys = self.keys()
        if self.take("HAVING"):
            while self.constrains():
                found.having.append(self.constraint())
            if not found.having:
                raise UnknownError
        if self.take("ORDER"):
            self.need("BY")
            found.order = self.conditions()
        for _ in range(2):
            if found.limit is None and self.take("LIMIT"):
                found.limit = self.number()
            elif found.offset is None and self.take("OFFSET"):
                found.offset = self.number()
        if self.words[self.at] == "VALUES":
            found.values = self.values()

    def keys(self) -> list[Item]:
        keys: list[Item] = []
        while True:
            start = self.starts[self.at]
            if self.kinds[self.at] == "variable":
                name = self.name()
                keys.append(Item(start, self.end(), name))
            elif self.take("("):
                expression = self.expression_until("AS", ")")
                named = self.name() if self.take("AS") else None
                self.need(")")
                keys.append(Item(start, self.end(), named, expression))
            elif self.constrains():
                expression = self.constraint()
                keys.append(Item(start, self.end(), None, expression))
            elif keys:
                return keys
            else:
                raise UnknownError

    def conditions(self) -> list[Order]:
        found: list[Order] = []
        while True:
            start = self.starts[self.at]
            if self.words[self.at] in {"ASC", "DESC"} and self.words[self.at + 1] == "(":
                descending = self.words[self.at] == "DESC"
                self.at += 1
                expression = self.constraint()
                found.append(Order(start, self.end(), descending, expression))
            elif self.kinds[self.at] == "variable":
                expression = self.single()
                found.append(Order(start, self.end(), descending=False, expression=expression))
            elif self.constrains():
                expression = self.constraint()
                found.append(Order(start, self.end(), descending=False, expression=expression))
            elif found:
                return found
            else:
                raise UnknownError

    # Groups

    def group(self) -> Group:
        start = self.starts[self.at]
        self.need("{")
        self.depth += 1
        if self.depth > _DEPTH:
            raise UnknownError
        group = Group(start, start)
        if self.words[self.at] == "SELECT":
            group.elements.append(self.select())
        else:
            while self.words[self.at] != "}":
                group.elements.append(self.element())
                self.take(".")
        self.need("}")
        self.depth -= 1
        group.end = self.end()
        return group

    def element(self) -> Element:
        start, word = self.starts[self.at], self.words[self.at]
        if self.kinds[self.at] == "word" and word in _CLAUSES:
            self.at += 1
            made = _CLAUSES[word](self, start)
            made.end = self.end()
            return made
        if word == "{":
            groups = [self.group()]
            while self.take("UNION"):
                groups.append(self.group())
            return Union(start, self.end(), groups)
        return self.triples()

    def filter(self, start: int) -> Filter:
        return Filter(start, start, self.constraint())

    def optional(self, start: int) -> Optional:
        return Optional(start, start, self.group())

    def minus(self, start: int) -> Minus:
        return Minus(start, start, self.group())

    def graph(self, start: int) -> Graph:
        name = self.term()
        if name.kind not in {"variable", "iri"}:
            raise UnknownError
        return Graph(start, start, name, self.group())

    def bind(self, start: int) -> Bind:
        self.need("(")
        expression = self.expression_until("AS")
        self.need("AS")
        variable = self.name()
        self.need(")")
        return Bind(start, start, expression, variable)

    def inline(self, start: int) -> Values:
        self.at -= 1
        values = self.values()
        values.start = start
        return values

    def values(self) -> Values:
        start = self.starts[self.at]
        self.need("VALUES")
        single = self.kinds[self.at] == "variable"
        variables = [self.name()] if single else []
        if not single:
            self.need("(")
            while self.kinds[self.at] == "variable":
                variables.append(self.name())
            self.need(")")
        self.need("{")
        if self.kinds[self.at] == "data":
            rows, gaps = _counted(self.texts[self.at], single, variables)
            self.at += 1
        else:
            rows, gaps = self.rows(single, variables)
        self.need("}")
        return Values(start, self.end(), variables, gaps, rows)

    def rows(self, single: bool, variables: list[str]) -> tuple[int, set[str]]:
        rows, gaps = 0, set()
        while self.words[self.at] != "}":
            if not single:
                self.need("(")
            for variable in variables:
                if self.take("UNDEF"):
                    gaps.add(variable)
                elif not self.term().constant:
                    raise UnknownError
            if not single:
                self.need(")")
            rows += 1
        return rows, gaps

    # Expressions

    def constrains(self) -> bool:
        """Whether a constraint stands here: brackets, a call, or ``EXISTS``."""
        kind, word = self.kinds[self.at], self.words[self.at]
        if kind == "sign":
            return word == "("
        if kind == "word":
            return word in {"EXISTS", "NOT"} or (self.words[self.at + 1] == "(" and word not in _MODIFIERS)
        return kind in {"iri", "name"} and self.words[self.at + 1] == "("

    def constraint(self) -> Expression:
        if not self.constrains():
            raise UnknownError
        found = Expression(self.starts[self.at], 0)
        if self.words[self.at] in {"EXISTS", "NOT"}:
            self.exists(found)
        else:
            if self.words[self.at] != "(":
                self.piece(found)
            self.bracketed(found)
        found.end = self.end()
        return found

    def single(self) -> Expression:
        found = Expression(self.starts[self.at], 0)
        self.piece(found)
        found.end = self.end()
        return found

    def bracketed(self, found: Expression) -> None:
        self.piece(found)  # the opening bracket
        self.balanced(found, (")",))
        self.piece(found)

    def expression_until(self, *stops: str) -> Expression:
        found = Expression(self.starts[self.at], 0)
        self.balanced(found, stops)
        if not found.tokens and not found.exists:
            raise UnknownError
        found.end = self.end()
        return found

    def balanced(self, found: Expression, stops: tuple[str, ...]) -> None:
        self.depth += 1
        if self.depth > _DEPTH:
            raise UnknownError
        while not (self.words[self.at] in stops and self.kinds[self.at] in {"word", "sign"}):
            kind, word = self.kinds[self.at], self.words[self.at]
            if kind == "word" and word in {"EXISTS", "NOT"}:
                self.exists(found)
            elif kind == "sign" and word == "(":
                self.bracketed(found)
            elif kind in {"", "data", "blank"} or (kind == "sign" and word not in _OPERATORS):
                raise UnknownError
            else:
                self.piece(found)
        self.depth -= 1

    def exists(self, found: Expression) -> None:
        start = self.starts[self.at]
        negated = self.take("NOT")
        if negated and self.words[self.at] == "IN":
            found.words |= {"NOT", "IN"}
            found.tokens.append(("word", "NOT"))
            return
        self.need("EXISTS")
        group = self.group()
        found.tokens.append(("exists", ""))
        found.exists.append(Exists(start, self.end(), negated, group))

    def piece(self, found: Expression) -> None:
        kind, text = self.kinds[self.at], self.texts[self.at]
        if not kind:
            raise UnknownError
        if kind == "variable":
            found.variables.add(text[1:])
        elif kind == "word":
            found.words.add(text.upper())
        elif kind == "name":
            self.expanded(text)
        found.tokens.append((kind, text))
        self.at += 1


_OPERATORS = frozenset({",", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "!", "&&", "||", "^^", ";"})
_MODIFIERS = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_CLAUSES: dict[str, Callable[[_Parser, int], Element]] = {
    "FILTER": _Parser.filter,
    "OPTIONAL": _Parser.optional,
    "MINUS": _Parser.minus,
    "GRAPH": _Parser.graph,
    "BIND": _Parser.bind,
    "VALUES": _Parser.inline,
}


def _counted(data: str, single: bool, variables: list[str]) -> tuple[int, set[str]]:
    """The rows of data that was read at one go, and the variables that a row may leave open."""
    if _IRIS.fullmatch(data):
        values, gaps = data.count("<"), False
    else:
        values, gaps = len(_VALUE.findall(data)), "UNDEF" in data.upper()
    rows = values if single else data.count("(")
    if single and "(" in data:
        raise UnknownError
    if not single and (values != rows * len(variables) or data.count(")") != rows):
        raise UnknownError
    return rows, set(variables) if gaps else set()
