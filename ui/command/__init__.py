"""Changing a value on the plant: from the present value to the new one, reviewed, confirmed, sent, verified."""
