"""Charts and maps as SVG, drawn by the server: pure functions from values to marks, which need no script."""
