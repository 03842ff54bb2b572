"""The words of the trade and their pure rules: standard library only, no clock, no wire, no screen."""
