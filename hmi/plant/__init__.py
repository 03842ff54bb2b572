"""The live link: acquisition, tag table, production context, machine states and OEE."""
