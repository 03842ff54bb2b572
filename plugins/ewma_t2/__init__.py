"""EWMA-T2: the detector of machine readings that ships with the station."""

from plugins.ewma_t2.kind import EwmaT2Kind


def create() -> EwmaT2Kind:
    """The kind of detector named ``ewma-t2``."""
    return EwmaT2Kind()


__all__ = ["create"]
