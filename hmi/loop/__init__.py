"""Detect, analyze, recommend, approve, execute, verify, learn."""
