"""Explanations as trees: a triple, the step that gives it, its premises, down to what is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from kg.ground.explaining.entailments import Derivation, Entailment, Way, read_entailments
from kg.ground.explaining.grounds import (
    LINKS,
    Ground,
    Link,
    LinkRule,
    find_grounds,
    find_links,
    read_link_rules,
    read_rule_files,
)
from kg.ground.explaining.names import Select, Triple, iri_of, name_iris, show
from kg.ground.explaining.search import Proof, Search
from kg.ground.terms import shorten

MOST_STEPS = 5
"""How many ways to come to a triple are told: the shortest ones, one for each axiom."""


@dataclass(frozen=True, slots=True)
class Step:
    """One application of a rule: the axiom that it took, the rules of the W3C's table, and the premises."""

    entailment: Entailment
    terms: Mapping[str, str]
    rules: tuple[str, ...]
    premises: tuple[Node, ...] = ()

    def axiom(self) -> str:
        """The axiom in Manchester syntax, with prefixed names."""
        return name_iris(self._filled(self.entailment.axiom), shorten)

    def sentence(self, language: str, name: Callable[[str], str] = shorten) -> str:
        """What the axiom says, in a language, with the names that a function gives for IRIs."""
        return name_iris(self._filled(self.entailment.sentences[language]), name)

    def iris(self) -> Iterator[str]:
        """The IRIs that the texts of this step name."""
        yield from (iri for term in self.terms.values() if (iri := iri_of(term)))

    def _filled(self, template: str) -> str:
        return template.format_map({name: _text(term) for name, term in self.terms.items()})


@dataclass(frozen=True, slots=True)
class Node:
    """A triple of an explanation. What is inferred has ``steps``, the best first; what is said has ``grounds``.

    What only all sources together show has ``links``, that which made it; its grounds are the assertions compared.

    Below the top each node has one step at most. A triple that is inferred and has no step could not be explained.
    """

    triple: Triple
    graphs: tuple[str, ...]
    inferred: bool
    steps: tuple[Step, ...] = ()
    grounds: tuple[Ground, ...] = ()
    links: tuple[Link, ...] = ()

    def explained(self) -> bool:
        """Whether everything below rests on what is said."""
        below = (premise for step in self.steps for premise in step.premises)
        return (not self.inferred or bool(self.steps)) and all(node.explained() for node in below)

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for step in self.steps:
            for premise in step.premises:
                yield from premise.walk()

    def depth(self) -> int:
        """How many steps lie between this triple and what is said, by the best way."""
        return 1 + max((node.depth() for node in self.steps[0].premises), default=0) if self.steps else 0

    def as_json(self) -> dict[str, Any]:
        """The explanation as JSON values: IRIs in full, literals as N-Triples writes them."""
        content: dict[str, Any] = {
            "triple": {
                part: iri_of(term) or term
                for part, term in zip(("subject", "predicate", "object"), self.triple, strict=True)
            },
            "inferred": self.inferred,
            "graphs": list(self.graphs),
        }
        if self.inferred:
            content["steps"] = [_step_json(step) for step in self.steps]
        if self.links:
            content["links"] = [{"madeBy": link.made_by, "reason": link.reason} for link in self.links]
        if self.grounds:
            content["assertions"] = [_ground_json(ground) for ground in self.grounds]
        return content


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "entailment": step.entailment.name,
        "rules": list(step.rules),
        "axiom": step.axiom(),
        "sentence": {language: step.sentence(language) for language in step.entailment.sentences},
        "premises": [premise.as_json() for premise in step.premises],
    }


def _ground_json(ground: Ground) -> dict[str, Any]:
    statement = {
        "iri": ground.statement,
        "text": ground.text,
        "language": ground.language,
        "position": ground.position,
        "source": ground.source,
    }
    named = {"fact": ground.fact, "rule": ground.rule, "assertion": ground.assertion, "kind": ground.kind}
    return {name: value for name, value in named.items() if value} | {
        **({"extractionRule": ground.reader} if ground.reader else {}),
        "statement": statement,
    }


def _text(term: str) -> str:
    return term if iri_of(term) else show(term)


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains the triples of a graph by the rules of entailment, of the plain layer, and of all sources together."""

    entailments: tuple[Entailment, ...]
    rules: Mapping[str, str]
    link_rules: tuple[LinkRule, ...] = ()

    @classmethod
    def read(cls, home: Path) -> Self:
        """Read these rules below the home folder; raises `OntologyError` for a file that cannot be used."""
        return cls(read_entailments(home), read_rule_files(home), read_link_rules(home))

    def explain(self, select: Select, triple: Triple) -> Node | None:
        """Why a triple is in the graph; None if it is not there."""
        search = Search(select, self.entailments, [triple])
        search.run()
        if not search.graphs.get(triple):
            return None
        if not search.inferred(triple):
            tree = Node(triple, search.graphs[triple], inferred=False)
        else:
            proofs = _varied(search.proofs(triple))
            steps = tuple(_step(search, derivation, ways) for derivation, ways in proofs)
            tree = Node(triple, search.graphs[triple], inferred=True, steps=steps)
        grounds = find_grounds(select, dict.fromkeys(_said(tree)), self.rules)
        links = {
            node.triple: find_links(select, node.triple, grounds.get(node.triple, ()), self.link_rules)
            for node in tree.walk()
            if LINKS in node.graphs
        }
        return _grounded(tree, grounds, links)


def _varied(proofs: Sequence[Proof]) -> list[Proof]:
    """The best proofs, one for each axiom: of each rule the best one before any other."""
    chosen: dict[str, tuple[int, Proof]] = {}
    told: Counter[str] = Counter()
    for derivation, ways in proofs:
        name = derivation.entailment.name
        axiom = f"{name} {_bare_step(derivation, ways).axiom()}"
        if axiom not in chosen:
            chosen[axiom] = (told[name], (derivation, ways))
            told[name] += 1
    kept = sorted(chosen, key=lambda axiom: chosen[axiom][0])[:MOST_STEPS]
    return [proof for axiom, (_, proof) in chosen.items() if axiom in kept]


def _bare_step(derivation: Derivation, ways: Sequence[Way]) -> Step:
    ordered = sorted(ways, key=_as_written)
    conditions = dict.fromkeys(way.condition for way in ordered if way.condition)
    terms = {**derivation.terms, "conditions": f'"{" and ".join(conditions)}"'}
    rules = tuple(dict.fromkeys(rule for way in ordered for rule in way.rules))
    return Step(derivation.entailment, terms, rules or derivation.entailment.rules)


def _as_written(way: Way) -> tuple[bool, str]:
    """Classes stand before restrictions, as people write definitions."""
    return way.condition.startswith("("), way.condition


def _step(search: Search, derivation: Derivation, ways: Sequence[Way]) -> Step:
    premises = dict.fromkeys(triple for way in sorted(ways, key=_as_written) for triple in way.premises)
    return replace(_bare_step(derivation, ways), premises=tuple(_node(search, triple) for triple in premises))


def _node(search: Search, triple: Triple) -> Node:
    if search.given(triple):
        return Node(triple, search.graphs[triple], inferred=False)
    proofs = search.proofs(triple)
    steps = tuple(_step(search, derivation, ways) for derivation, ways in proofs[:1])
    return Node(triple, search.graphs[triple], inferred=True, steps=steps)


def _said(tree: Node) -> Iterator[Triple]:
    return (node.triple for node in tree.walk() if not node.inferred)


def _grounded(node: Node, grounds: Mapping[Triple, Sequence[Ground]], links: Mapping[Triple, tuple[Link, ...]]) -> Node:
    steps = tuple(
        replace(step, premises=tuple(_grounded(premise, grounds, links) for premise in step.premises))
        for step in node.steps
    )
    own = () if node.inferred else tuple(grounds.get(node.triple, ()))
    return replace(node, steps=steps, grounds=own, links=links.get(node.triple, ()))
