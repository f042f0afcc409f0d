"""Links to Wikidata: which entities have none, what they might be, and whether the links contradict what items are."""

from kg.build.linking.candidates import Proposal, propose
from kg.build.linking.checks import contradictions
from kg.build.linking.endpoint import items_of_endpoint
from kg.build.linking.extract import Extract, read_extract
from kg.build.linking.items import Item, Kinds

__all__ = [
    "Extract",
    "Item",
    "Kinds",
    "Proposal",
    "contradictions",
    "items_of_endpoint",
    "propose",
    "read_extract",
]
