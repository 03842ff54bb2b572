"""The system: controllers, tags in doubt, the address space, the engine's own health, plugins, licences."""
