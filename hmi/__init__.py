"""The core of Linekeeper: what the station knows and does, without a screen."""

__version__ = "0.1.0"
