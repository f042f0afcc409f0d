"""What stands between a build and its release: the reasoner, the shapes, the hygiene of the ontology."""
