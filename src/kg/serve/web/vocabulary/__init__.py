"""The documentation of the ontology, made from what a release says of it: terms, modules, examples, diagrams."""
