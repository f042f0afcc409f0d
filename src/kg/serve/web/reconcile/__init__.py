"""The Reconciliation Service API, as OpenRefine and others speak it: versions 0.2 and 1.0-draft at one address.

Names in a table are matched with entities, the matches completed from the graph. Version 0.2 is the report of the
W3C's Entity Reconciliation Community Group of April 2023, 1.0-draft its working draft.
"""

from kg.serve.web.reconcile.service import blueprint

__all__ = ["blueprint"]
