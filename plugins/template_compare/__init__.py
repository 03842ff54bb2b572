"""Template compare as a plugin: the way of inspecting that ships with the station."""

from hmi.vision.template.inspector import TemplateCompareKind


def create() -> TemplateCompareKind:
    """The kind of inspector that recipes named ``template_compare`` are for."""
    return TemplateCompareKind()


__all__ = ["create"]
