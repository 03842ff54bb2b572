"""The demo plant: a seeded electronics factory in a process of its own, behind a real OPC UA server on loopback."""
