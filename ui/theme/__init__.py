"""Colours by meaning, type and sizes, the current look of the window."""
