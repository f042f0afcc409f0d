"""The search for proofs: backwards from a triple, level by level, until it follows from what is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kg.ground.explaining.entailments import Derivation, Entailment, Way
from kg.ground.explaining.names import TYPE, Select, Triple, iri_of, triple_of
from kg.ground.terms import graph_iri

MOST_LEVELS = 12
"""How many steps a proof may be deep: no chain of axioms of the ontology is half as long."""

MOST_TRIPLES = 3000
"""How many triples a search looks at before it gives up."""

_FURTHER = 40  # triples beyond the first proof, classes before relations; to explain more would not be plainer
_BATCH = 200  # triples in one query; its text stays far below what the engine takes
_INFERRED = graph_iri("inferred")

Cost = tuple[int, int]
"""How deep a proof is, and of how many steps; the smaller the better."""

_GIVEN: Cost = (0, 0)

Proof = tuple[Derivation, tuple[Way, ...]]
"""A derivation and the way that it takes to meet each part."""


class Search:
    """What is known on the way to proofs of some triples.

    ``graphs`` has the graphs of each triple that was looked at, ``costs`` the cost of the best proof of each that has
    one. Where one triple alone is to be proved it is never a premise: it has no cost here, only its derivations have.
    """

    def __init__(self, select: Select, entailments: Sequence[Entailment], goals: Sequence[Triple]) -> None:
        self._goals = goals
        self._alone = goals[0] if len(goals) == 1 else None
        self.graphs: dict[Triple, tuple[str, ...]] = {}
        self.costs: dict[Triple, Cost] = {}
        self._select = select
        self._entailments = entailments
        self._order = {entailment.name: place for place, entailment in enumerate(entailments)}
        self._derivations: dict[Triple, list[Derivation]] = {}

    def run(self) -> None:
        """Look for the proofs of least depth, and one level further: other axioms may say it more plainly."""
        self._look_up(self._goals)
        goals = frontier = [triple for triple in self._goals if self.inferred(triple)]
        proved = False
        for _ in range(MOST_LEVELS):
            if not frontier or len(self.graphs) > MOST_TRIPLES + len(goals):
                return
            met = self._expand(frontier)
            self._look_up(met)
            self._settle()
            if proved:
                return
            proved = all(map(self.proofs, goals))
            frontier = [triple for triple in met if not self.given(triple)]
            if proved:
                frontier = sorted(frontier, key=lambda triple: triple.predicate != TYPE)[:_FURTHER]

    def given(self, triple: Triple) -> bool:
        """Whether a triple stands in a graph other than the inferred one."""
        return any(graph != _INFERRED for graph in self.graphs.get(triple, ()))

    def inferred(self, triple: Triple) -> bool:
        """Whether a triple stands in the inferred graph alone."""
        return bool(self.graphs.get(triple)) and not self.given(triple)

    def proofs(self, triple: Triple) -> list[Proof]:
        """The derivations of a triple whose premises are all proved, each with the best ways; the best first."""
        found = [
            (cost, self._order[derivation.entailment.name], str(ways), derivation, ways)
            for derivation in self._derivations.get(triple, ())
            for cost, ways in self._best(derivation)
        ]
        found.sort(key=lambda item: item[:3])
        return [(derivation, ways) for *_, derivation, ways in found]

    def _expand(self, frontier: Sequence[Triple]) -> list[Triple]:
        """Ask every rule for derivations of some triples; returns the premises that were not met before."""
        met: dict[Triple, None] = {}
        for entailment in self._entailments:
            fitting = (triple for triple in frontier if entailment.fits(triple))
            for batch in _batches(fitting):
                for goal, derivations in entailment.read(self._select(entailment.bound(batch))).items():
                    self._derivations.setdefault(goal, []).extend(derivations)
                    met.update(dict.fromkeys(_premises(derivations)))
        return sorted(triple for triple in met if triple not in self.graphs)

    def _look_up(self, triples: Iterable[Triple]) -> None:
        """Find the graphs in which some triples stand."""
        for batch in _batches(triples):
            found: dict[Triple, set[str]] = {triple: set() for triple in batch}
            rows = " ".join(f"({' '.join(triple)})" for triple in batch)
            query = f"SELECT ?s ?p ?o ?graph {{ VALUES (?s ?p ?o) {{ {rows} }} GRAPH ?graph {{ ?s ?p ?o }} }}"
            for row in self._select(query):
                triple = triple_of(row)
                if triple:
                    found.setdefault(triple, set()).add(row["graph"].value)
            self.graphs |= {triple: tuple(sorted(graphs)) for triple, graphs in found.items()}

    def _settle(self) -> None:
        """Find the least cost of every triple, from what is given upwards."""
        self.costs |= {triple: _GIVEN for triple in self.graphs if self.given(triple)}
        changed = True
        while changed:
            changed = False
            for triple, derivations in self._derivations.items():
                costs = [cost for derivation in derivations for cost, _ in self._best(derivation)]
                if triple != self._alone and costs and min(costs) < self.costs.get(triple, (MOST_LEVELS + 1, 0)):
                    self.costs[triple] = min(costs)
                    changed = True

    def _best(self, derivation: Derivation) -> Iterator[tuple[Cost, tuple[Way, ...]]]:
        """The least cost of a derivation with the ways that it takes, if every part can be met."""
        chosen = []
        for ways in derivation.parts:
            priced = [(self._price(way), str(way), way) for way in ways if all(t in self.costs for t in way.premises)]
            if not priced:
                return
            chosen.append(min(priced, key=lambda item: item[:2]))
        prices = [price for price, _, _ in chosen]
        total = (1 + max(depth for depth, _ in prices), 1 + sum(size for _, size in prices))
        yield total, tuple(way for _, _, way in chosen)

    def _price(self, way: Way) -> Cost:
        costs = [self.costs[triple] for triple in way.premises]
        return max((depth for depth, _ in costs), default=0), sum(size for _, size in costs)


def _premises(derivations: Iterable[Derivation]) -> Iterator[Triple]:
    for derivation in derivations:
        for ways in derivation.parts:
            for way in ways:
                # What says something of a text or a number follows from nothing here.
                yield from (triple for triple in way.premises if iri_of(triple.subject))


def _batches(triples: Iterable[Triple]) -> Iterator[list[Triple]]:
    remaining = iter(triples)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
