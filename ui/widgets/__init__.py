"""The indicators and controls that screens are made of; each paints itself in the current look."""
