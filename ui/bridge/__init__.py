"""The crossing from the engine to the widgets, all of it: one tick a frame, one question at a time, one heartbeat."""
