"""The advisor that proposes bounded set-point steps."""

from plugins.advise_step.advisor import StepAdvisor


def create() -> StepAdvisor:
    """The advisor ``advise_step``."""
    return StepAdvisor()


__all__ = ["create"]
