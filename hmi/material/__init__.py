"""The flow network, reroute planning, dispatch."""
