"""From assertions to RDF: JSON-LD documents, rules for the plain layer, TriG files."""
