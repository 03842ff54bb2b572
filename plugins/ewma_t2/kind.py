"""Makes EWMA-T2 detectors, and restores them from what they wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from hmi.api import CannotLearnError, CannotRestoreError, say
from plugins.ewma_t2.detector import FORM, NAME, EwmaT2
from plugins.ewma_t2.settings import EwmaT2Settings


class EwmaT2Kind:
    """The kind ``ewma-t2``."""

    name = NAME

    def fresh(self, settings: Mapping[str, Any] | None = None) -> EwmaT2:
        """A detector that has learned nothing yet. Raises CannotLearnError for settings that do not serve."""
        return EwmaT2(EwmaT2Settings.from_json(settings or {}))

    def restore(self, state: Mapping[str, Any]) -> EwmaT2:
        """The detector that to_json wrote. Raises CannotRestoreError when it is not its own or not whole."""
        if state.get("detector") != NAME:
            raise CannotRestoreError(say("detector.other_detector", name=state.get("detector")))
        if state.get("form") != FORM:
            raise CannotRestoreError(say("detector.other_form", form=state.get("form"), ours=FORM))
        try:
            return EwmaT2.from_json(state)
        except CannotLearnError as fault:
            raise CannotRestoreError(fault.why) from fault
        except (KeyError, TypeError, ValueError, AttributeError, np.linalg.LinAlgError) as fault:
            raise CannotRestoreError(say("detector.broken_state")) from fault
