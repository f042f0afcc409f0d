"""Helpers that tests of several rooms import: homes, releases, servers, comparisons."""
