"""The build half: sources -> assertions -> RDF -> checks -> release."""
