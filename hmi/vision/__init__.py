"""Capture, inspection, verdicts, evidence, recipes."""
