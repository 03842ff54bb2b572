"""Settings, plant file, plugin loading, wiring, supervision, the engine process."""
