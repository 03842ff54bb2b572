"""Holds, dispositions, genealogy, containment."""
