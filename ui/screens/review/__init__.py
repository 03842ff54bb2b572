"""Review: what waits for an inspector, beside its golden, judged by keyboard alone."""
