"""Tidy tables as statements and assertions: each row by the mapping that is declared beside its table."""
