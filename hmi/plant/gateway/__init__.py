"""The only door to the plant: checks, intent, write, read-back, outcome."""
