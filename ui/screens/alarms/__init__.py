"""The alarms screen: lists, the chosen alarm with its guidance, journal, metrics."""
