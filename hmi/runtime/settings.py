"""The station's settings: what one PC may differ in, kept in ``settings.toml`` of its data folder."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import platformdirs

from hmi.model.problem import Problem, ProblemsError
from hmi.model.words import say

FILE = "settings.toml"


class HistorySettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How long and how much telemetry is kept."""

    days: float = 90.0
    tier_days: float = 3650.0
    max_mb: float = 20_000.0


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All settings of a station; every one has a default, so the file may be missing."""

    language: str = "ko"
    theme: str = "light"
    database_url: str = ""
    """SQLAlchemy URL of the plant database; empty is plant.db in the data folder."""
    history: HistorySettings = HistorySettings()
    record_max_mb: float = 20_000.0
    """Room for the plant database, in 10**6 bytes; it is never purged, and warns from 80 % on. 0: all of the disk."""
    audit_copy: str = ""
    """A second folder, best on another disk, that gets the signed heads of the audit trail too."""
    plugins_off: tuple[str, ...] = ()
    """Plugins that are not to be started here."""


def default_data() -> Path:
    """Where the data of this user's station lives when no folder is named."""
    return Path(platformdirs.user_data_path("linekeeper", appauthor=False))


def load(data: Path) -> Settings:
    """The settings of a data folder. ProblemsError names file, line, key, and what would be right."""
    file = data / FILE
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as err:
        raise ProblemsError([_problem(file, 1, FILE, str(err))]) from err
    try:
        return msgspec.toml.decode(text, type=Settings)
    except (msgspec.MsgspecError, ValueError) as err:
        key = re.search(r"`\$?\.?([\w.\[\]]*)`$", str(err))
        name = key.group(1) if key else FILE
        last = name.rsplit(".", 1)[-1] or FILE
        lines = [n for n, x in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[?{re.escape(last)}\b", x)]
        raise ProblemsError([_problem(file, lines[0] if lines else 1, name, str(err))]) from err


def _problem(file: Path, line: int, key: str, detail: str) -> Problem:
    return Problem(str(file), line, key, say("settings.wrong", detail=detail), say("settings.right"))
