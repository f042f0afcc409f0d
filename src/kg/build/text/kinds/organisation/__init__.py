"""Organisations and coalitions: what they are, who belongs to them, when they meet."""
