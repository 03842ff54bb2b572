"""The plant file, plant.toml: read with every fault told at once, and written so that a person likes to read it."""

from hmi.runtime.plantfile.load import load, parse
from hmi.runtime.plantfile.write import render, write

__all__ = ["load", "parse", "render", "write"]
