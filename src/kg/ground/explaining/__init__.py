"""Why a triple is in the graph: the rules or axioms and the premises that give it, down to the statements.

Everything here asks a graph by SPARQL through a function that is handed in, so that a release in memory, an engine with
workers or a remote endpoint can be asked alike. Which axioms give what stands in ``ontology/entailments/``.
"""

from kg.ground.explaining.entailments import Entailment, read_entailments
from kg.ground.explaining.grounds import Ground, read_rule_files
from kg.ground.explaining.names import Select, Triple, named_triple, read_name, show
from kg.ground.explaining.outline import outline
from kg.ground.explaining.proofs import Explainer, Node, Step

__all__ = [
    "Entailment",
    "Explainer",
    "Ground",
    "Node",
    "Select",
    "Step",
    "Triple",
    "named_triple",
    "outline",
    "read_entailments",
    "read_name",
    "read_rule_files",
    "show",
]
