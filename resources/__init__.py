"""What the station ships beside its code: words, icons, fonts, sounds, the demo plant, its documents."""

from importlib.resources import files
from pathlib import Path


def path(*parts: str) -> Path:
    """The file of a shipped resource, e.g. ``path("i18n", "words.toml")``."""
    return Path(str(files(__name__).joinpath(*parts)))
