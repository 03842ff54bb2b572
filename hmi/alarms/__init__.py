"""Evaluation, shelving, journal, metrics."""
