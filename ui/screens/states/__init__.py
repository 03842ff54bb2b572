"""States and OEE: what the machines of a line did, why the line stood, where the time went."""
