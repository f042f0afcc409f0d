"""Reading triple patterns and property paths (SPARQL 1.1, section 19.8, rules 75 to 105)."""

from __future__ import annotations

import re

from kg.ground.tokens import unescape
from kg.serve.rewriting.reading import Tokens, UnknownError
from kg.serve.rewriting.syntax import TYPE, Term, Triple, Triples

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class TripleTokens(Tokens):
    """Reads terms and what is made of them. ``prefixes`` are those that were declared."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.prefixes: dict[str, str] = {}

    def triples(self) -> Triples:
        """Read triple patterns, up to what is none."""
        found = Triples(self.starts[self.at], 0)
        while True:
            self.subject(found)
            found.end = self.end()
            if not (self.words[self.at] == "." and self.kinds[self.at] == "sign"):
                break
            if not self.begins_triple(self.at + 1):
                break
            self.at += 1
        return found

    def begins_triple(self, index: int) -> bool:
        """Whether a token may begin a triple pattern."""
        kind, word = self.kinds[index], self.words[index]
        return (
            kind in {"variable", "iri", "name", "blank", "string", "number"}
            or word in {"TRUE", "FALSE"}
            or (kind == "sign" and word in {"[", "("})
        )

    def subject(self, found: Triples) -> None:
        """Read a subject with what is said of it."""
        nested = self.words[self.at] in {"[", "("}
        subject = self.node(found)
        if nested and found.opaque and self.words[self.at] in {".", "}"}:
            return
        self.properties(subject, found)

    def properties(self, subject: Term, found: Triples) -> None:
        """Read what is said of a subject."""
        while True:
            verb = self.verb()
            while True:
                triple = Triple(subject, verb, self.node(found))
                found.patterns.append(triple)
                found.variables |= triple.variables
                if not self.take(","):
                    break
            again = False
            while self.take(";"):
                again = True
            if not again or self.words[self.at] in {".", "}", ""} or not self.begins_verb():
                return

    def begins_verb(self) -> bool:
        """Whether a predicate or a path stands here."""
        return (
            self.kinds[self.at] in {"variable", "iri", "name"}
            or self.texts[self.at] == "a"
            or (self.kinds[self.at] == "sign" and self.words[self.at] in {"^", "!", "("})
        )

    def node(self, found: Triples) -> Term:
        """A subject or an object; what stands in brackets makes the whole opaque, but for its variables."""
        if self.kinds[self.at] == "sign" and self.words[self.at] in {"[", "("}:
            start = self.starts[self.at]
            if self.words[self.at] == "[" and self.words[self.at + 1] == "]":
                self.at += 2
                return Term("blank", "[]")
            found.opaque = True
            found.variables |= self.brackets()
            return Term("blank", self.text[start : self.end()])
        return self.term()

    def brackets(self) -> set[str]:
        """Pass what stands in brackets: its variables."""
        variables, depth = set(), 0
        while True:
            kind, word = self.kinds[self.at], self.words[self.at]
            if kind == "variable":
                variables.add(self.texts[self.at][1:])
            elif word in {"[", "("}:
                depth += 1
            elif word in {"]", ")"}:
                depth -= 1
            elif (kind == "sign" and word in {"{", "}"}) or kind in {"", "data"} or word in {"<<", "<<(", "{|"}:
                raise UnknownError
            self.at += 1
            if not depth:
                return variables

    def term(self) -> Term:
        """Read a variable, an IRI, a blank node or a literal."""
        kind, text = self.kinds[self.at], self.texts[self.at]
        self.at += 1
        if kind == "variable":
            return Term(kind, f"?{text[1:]}", text[1:])
        if kind == "iri":
            return Term("iri", text, self.absolute(text[1:-1]))
        if kind == "name":
            return Term("iri", text, self.expanded(text))
        if kind == "blank":
            return Term("blank", text, text)
        if kind == "string":
            return Term("literal", text + self.annotation())
        if kind == "number":
            return Term("literal", text)
        if kind == "sign" and text in {"+", "-"} and self.kinds[self.at] == "number":
            self.at += 1
            return Term("literal", text + self.texts[self.at - 1])
        if kind == "word" and text in {"true", "false"}:
            return Term("literal", text)
        raise UnknownError

    def annotation(self) -> str:
        """The language or the datatype behind a string."""
        if self.kinds[self.at] == "language":
            self.at += 1
            return self.texts[self.at - 1]
        if self.take("^^"):
            datatype = self.term()
            if datatype.kind != "iri":
                raise UnknownError
            return f"^^{datatype.text}"
        return ""

    def absolute(self, iri: str) -> str:
        """An IRI without its escapes, which must not be relative."""
        whole = unescape(iri)
        if not _SCHEME.match(whole):
            raise UnknownError
        return whole

    def expanded(self, name: str) -> str | None:
        """The IRI that a name with a prefix stands for, None if it has escapes of its own."""
        prefix, _, local = name.partition(":")
        namespace = self.prefixes.get(prefix)
        if namespace is None:
            raise UnknownError  # the engine will refuse it
        return None if "\\" in local else namespace + local

    # Verbs and property paths

    def verb(self) -> Term:
        """Read a predicate, a variable in place of one, or a path."""
        if self.kinds[self.at] == "variable":
            return self.term()
        start = self.starts[self.at]
        steps, simple = self.alternative()
        text = self.text[start : self.end()]
        if simple is not None:
            return simple
        return Term("path", text, None, tuple(steps))

    def alternative(self) -> tuple[list[str], Term | None]:
        """Read a path: its steps if it is a sequence, and the predicate if it is no more than that."""
        steps, simple = self.sequence()
        while self.take("|"):
            self.sequence()
            steps, simple = [], None
        return steps, simple

    def sequence(self) -> tuple[list[str], Term | None]:
        """Read a path without alternatives, see `alternative`."""
        start = self.starts[self.at]
        simple = self.step()
        steps = [self.text[start : self.end()]]
        while self.take("/"):
            start = self.starts[self.at]
            self.step()
            steps.append(self.text[start : self.end()])
            simple = None
        return steps, simple

    def step(self) -> Term | None:
        """Read one step: its predicate if it is no more than that."""
        inverse = self.take("^")
        primary = self.primary()
        modified = self.kinds[self.at] == "sign" and self.texts[self.at] in {"?", "*", "+"}
        if modified:
            self.at += 1
            if self.kinds[self.at] == "number":
                raise UnknownError
        return None if inverse or modified else primary

    def primary(self) -> Term | None:
        """Read a step without what stands around it."""
        if self.take("("):
            self.alternative()
            self.need(")")
            return None
        if self.take("!"):
            self.negated_set()
            return None
        return self.property()

    def negated_set(self) -> None:
        """Read the predicates that a step may not have."""
        if self.take("("):
            while not self.take(")"):
                self.take("^")
                self.property()
                self.take("|")
        else:
            self.take("^")
            self.property()

    def property(self) -> Term:
        """Read a predicate."""
        if self.texts[self.at] == "a" and self.kinds[self.at] == "word":
            self.at += 1
            return Term("iri", "a", TYPE)
        if self.kinds[self.at] not in {"iri", "name"}:
            raise UnknownError
        return self.term()
