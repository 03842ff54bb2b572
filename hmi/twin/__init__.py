"""The discrete-event model of the lines."""
