"""What follows from the data by the ontology, as an OWL 2 RL reasoner finds it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import reasonable

from kg.build.lines import Lines, document, object_, predicate, subject
from kg.build.parallel import run
from kg.ground.errors import BuildError
from kg.ground.terms import IDENTIFIERS, ONTOLOGY, PREFIXES

AT_ONCE = 500
"""How many forms the reasoner looks at in one piece."""

_ID, _ONTOLOGY, _TYPE = (re.escape(iri.encode()) for iri in (IDENTIFIERS, ONTOLOGY, PREFIXES["rdf"] + "type"))
_OURS = re.compile(
    rb"<%(id)s[^>]*> (?:<%(type)s> <%(ontology)s[^>]*>|<%(ontology)s[^>]*> <%(id)s[^>]*>)$"
    % {b"id": _ID, b"type": _TYPE, b"ontology": _ONTOLOGY}
)
_A = f"<{PREFIXES['rdf']}type>".encode()
_KINDS = rb"<%s(?:amount|assertion|fact|span|statement|unlinked)/" % _ID
_EVIDENCE = re.compile(_KINDS)
_AMONG_ASSERTIONS = re.compile(rb"<[^>]*> <[^>]*> <%sassertion/" % _ID)
_NAME = b"<%sexample/%%d-%%d>" % IDENTIFIERS.encode()
_EXAMPLE = re.compile(rb"<%sexample/(\d+)-(\d+)>" % _ID)
_SAME = f"<{PREFIXES['owl']}sameAs>".encode()
_TRUTH = re.compile(
    rb'<[^>]*> <%s[^>]*> "[^"]*"\^\^<%s>$' % (_ONTOLOGY, re.escape(f"{PREFIXES['xsd']}boolean".encode()))
)


def entailments(ontology: Iterable[Lines], facts: Iterable[Lines]) -> Lines:
    """The new triples about our identifiers: a property of the ontology, or membership in one of its classes.

    Of ``facts`` only those take part that are about one of our identifiers, by ``rdf:type`` or a property of the
    ontology, with an identifier, a class of the ontology or a truth value as object: labels, links to Wikidata and the
    reified triples of facts are left out of the reasoning. Chains of properties are not followed: the reasoner
    (reasonable 0.4) does not implement them. Raises `BuildError` if no temporary file can be written.

    The reasoner takes four times the time and the memory for twice the triples, and most nodes of evidence (statements,
    assertions and what hangs from them) are alike: they say the same of things of the same classes. So it looks at one
    of each sort, and the others follow suit; what entities and assertions are to each other it looks at in one piece.
    This goes on until neither finds more.
    """
    terms = {line for lines in ontology for line in lines}
    given = {line for lines in facts for line in lines if _OURS.match(line) or _TRUTH.match(line)}
    evidence = sorted(filter(_is_apart, given))
    fixed = {node for line in terms for node in (subject(line), object_(line))}
    known, whole = set(given), given.difference(evidence)
    templates: dict[Form, list[Template]] = {}
    while True:
        whole |= reason((*terms, *whole))
        known |= whole
        classes = _classes(known)
        stars = [_star(node, lines, classes, fixed) for node, lines in groupby(evidence, key=subject)]
        new = _follow_suit(stars, terms, templates) - known
        known |= new
        more = {line for line in new if not _is_apart(line)}
        if not more:
            return tuple(sorted(known - given - terms))
        whole |= more


def identities(facts: Iterable[Lines]) -> Lines:
    """The links ``owl:sameAs`` from our identifiers to other IRIs, the other way round (rule eq-sym of OWL 2 RL).

    They make the items of Wikidata ways into the graph. Nothing else follows from them here: what is said of an entity
    is not said again of its item, so no fact is counted twice.
    """
    links = {line for lines in facts for line in lines if predicate(line) == _SAME}
    turned = {b" ".join((object_(line), _SAME, subject(line))) for line in links if object_(line).startswith(b"<")}
    return tuple(sorted(turned - links))


Term = bytes | int
"""A node that the ontology names or a truth value, or the number of a node of a star; 0 is its centre."""


Form = tuple[tuple[bytes, Term, bytes], ...]
"""What a star says, without the names of its nodes: properties, ends, the classes of these as one text."""

Template = tuple[Term, bytes, Term]
"""A triple that follows from every star of a form."""


@dataclass(frozen=True, slots=True)
class _Star:
    """A node, what it says of which others, and the classes of these: ``nodes`` by number, ``form`` without names."""

    nodes: tuple[bytes, ...]
    form: Form


def _star(node: bytes, lines: Iterable[bytes], classes: Mapping[bytes, bytes], fixed: Container[bytes]) -> _Star:
    nodes: dict[bytes, int] = {node: 0}
    form: list[tuple[bytes, Term, bytes]] = []
    said = [(predicate(line), classes.get(object_(line), b""), object_(line)) for line in lines]
    for property_, kinds, named in sorted(said):
        if named in fixed or named.startswith(b'"'):
            form.append((property_, named, b""))
        else:
            form.append((property_, nodes.setdefault(named, len(nodes)), kinds))
    return _Star(tuple(nodes), tuple(form))


def _classes(lines: Iterable[bytes]) -> dict[bytes, bytes]:
    """The classes of each node, as one text."""
    found: dict[bytes, list[bytes]] = {}
    for line in lines:
        if predicate(line) == _A:
            found.setdefault(subject(line), []).append(object_(line))
    return {node: b" ".join(sorted(held)) for node, held in found.items()}


def _follow_suit(stars: Iterable[_Star], terms: Iterable[bytes], known: dict[Form, list[Template]]) -> set[bytes]:
    """What follows from each star, from what the reasoner finds of one of its form, which ``known`` remembers."""
    stars = tuple(stars)
    new = [form for form in dict.fromkeys(star.form for star in stars) if form not in known]
    pieces = [tuple(new[first : first + AT_ONCE]) for first in range(0, len(new), AT_ONCE)]
    for made in run([TemplatesJob(forms, tuple(terms)) for forms in pieces]):
        known |= made
    found: set[bytes] = set()
    for star in stars:
        for one, property_, other in known[star.form]:
            ends = (star.nodes[end] if isinstance(end, int) else end for end in (one, other))
            found.add((b" %s " % property_).join(ends))
    return found


@dataclass(frozen=True, slots=True)
class TemplatesJob:
    """Finds what follows from an example of each form, in whatever process."""

    forms: tuple[Form, ...]
    terms: tuple[bytes, ...]

    def __call__(self) -> dict[Form, list[Template]]:
        """The triples that follow from each form; raises `BuildError` if no temporary file can be written."""
        made: dict[Form, list[Template]] = {form: [] for form in self.forms}
        lines = [line for number, form in enumerate(self.forms) for line in _example(number, form)]
        for line in reason((*self.terms, *lines)).difference(lines):
            numbers = [int(end[1]) for end in map(_EXAMPLE.fullmatch, (subject(line), object_(line))) if end]
            if numbers:
                made[self.forms[numbers[0]]].append((_term(subject(line)), predicate(line), _term(object_(line))))
        return made


def _term(node: bytes) -> Term:
    example = _EXAMPLE.fullmatch(node)
    return int(example[2]) if example else node


def _example(number: int, form: Form) -> Iterator[bytes]:
    """A star of a form whose nodes have names of their own."""
    for property_, named, kinds in form:
        plain = named if isinstance(named, bytes) else _NAME % (number, named)
        yield b" ".join((_NAME % (number, 0), property_, plain))
        yield from (b" ".join((plain, _A, kind)) for kind in kinds.split())


def is_evidence(line: bytes) -> bool:
    """Whether a triple is about a statement, an assertion, or what hangs from these."""
    return _EVIDENCE.match(line) is not None


def _is_apart(line: bytes) -> bool:
    """Whether a triple says what some evidence is, and not how it stands to other assertions."""
    return is_evidence(line) and not _AMONG_ASSERTIONS.match(line)


def reason(lines: Iterable[bytes]) -> set[bytes]:
    """What the reasoner finds of our identifiers, what is given included; raises `BuildError` as `entailments` does."""
    reasoner = reasonable.PyReasoner()
    try:
        _load(reasoner, lines)
    except OSError as error:
        raise BuildError(
            f"the input of the reasoner cannot be written: {error}",
            where=tempfile.gettempdir(),
            remedy="make room there, or name another folder by TMPDIR",
        ) from error
    found = (f"<{subject}> <{predicate}> <{object_}>".encode() for subject, predicate, object_ in reasoner.reason())
    return {line for line in found if _OURS.match(line)}


def _load(reasoner: reasonable.PyReasoner, lines: Iterable[bytes]) -> None:
    # The reasoner reads a file or a graph of rdflib; the file needs no second RDF library.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input.ttl"
        path.write_bytes(document(lines))
        reasoner.load_file(str(path))
