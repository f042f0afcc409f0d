"""Sides: an open knowledge graph of who stands with whom around the war in Ukraine."""

__version__ = "0.1.0"
