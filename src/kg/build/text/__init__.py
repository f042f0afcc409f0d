"""Texts: reading values out of statements, and mapping statements to assertions."""
