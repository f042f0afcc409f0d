"""How good the graph is, measured at each build: for the release, for the pages, and in the metadata graph."""
