"""The catalogue of saved queries: one ``.rq`` file each, with a head that says what it answers and what it takes.

`Catalogue.read` reads the folder, `Catalogue.search` finds, `SavedQuery.bind` puts parameters into the text as terms.
"""

from kg.ground.catalogue.collection import Catalogue
from kg.ground.catalogue.head import CHART_KEYS, GRAPH_COLUMNS, HEAD_KEYS, PARAMETER_KEYS
from kg.ground.catalogue.headings import COLUMN_KEYS
from kg.ground.catalogue.records import (
    Aggregate,
    Chart,
    Heading,
    Mark,
    Parameter,
    ParameterType,
    QueryForm,
    SavedQuery,
    View,
)

__all__ = [
    "CHART_KEYS",
    "COLUMN_KEYS",
    "GRAPH_COLUMNS",
    "HEAD_KEYS",
    "PARAMETER_KEYS",
    "Aggregate",
    "Catalogue",
    "Chart",
    "Heading",
    "Mark",
    "Parameter",
    "ParameterType",
    "QueryForm",
    "SavedQuery",
    "View",
]
