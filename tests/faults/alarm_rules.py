"""The alarms of the process that is killed, for it and for who looks at what is left."""

from tests.integration.alarm_site import rule

RULES = [rule(f"r{i}", f"t{i}") for i in range(4)]
