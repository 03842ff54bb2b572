"""Level 3: one station in the dock at the right: what it does, why it stands, all its tags."""
