"""Level 2: one line with its machines in the order of material flow."""
