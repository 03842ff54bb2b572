"""The quality screen: holds with their gates, placing and releasing them, the genealogy of a unit."""
