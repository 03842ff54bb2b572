"""Level 1: every line of the plant at one glance."""
