"""The web half of serving: Flask and the protocols over HTTP."""
