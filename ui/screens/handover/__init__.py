"""Shift log and handover: notes, what is handed over with both signatures, earlier handovers, print."""
