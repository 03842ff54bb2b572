"""Finding plugins, and refusing them with words before any of their code runs.

A plugin is a folder with ``plugin.toml``; it stands in the shipped package ``plugins``, in the data folder's
``plugins/``, or belongs to an installed distribution with an entry point of the group ``linekeeper.plugins``. Reading
its manifest imports nothing of it; only ``load`` does, and what goes wrong there is told as a PluginFault.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import logging
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from hmi.api import API_VERSION
from hmi.model.text import Text
from hmi.model.words import say

log = logging.getLogger("linekeeper.plugins")

GROUP = "linekeeper.plugins"
MANIFEST = "plugin.toml"
KINDS: Mapping[str, tuple[str, ...]] = {
    "driver": ("create",),
    "camera": ("create",),
    "inspector": ("create",),
    "detector": ("create",),
    "advisor": ("create",),
    "plant": (),
}
"""The kinds of plugins, and what the module of each must offer."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_LARGEST_BYTES = 100_000


class Source(StrEnum):
    """Where a plugin was found; of two with one name, the first in this order counts."""

    SHIPPED = "shipped"
    DATA = "data folder"
    INSTALLED = "entry point"


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin as its manifest describes it; nothing of it is imported yet."""

    name: str
    kind: str
    version: str
    api: int
    module: str
    """Importable name; for a plugin of the data folder, the name below its own folder."""
    description: Text
    folder: Path
    source: Source
    refused: Text | None = None
    """Why it will not be loaded; its other words may then be empty."""


class PluginFault(Exception):  # noqa: N818 - the word of the trade
    """A plugin cannot be used; text says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def find(data: Path | None = None) -> list[Plugin]:
    """All plugins, the refused ones too, in the order of Source and name. Never raises because of a plugin."""
    found: list[Plugin] = []
    seen: dict[str, Plugin] = {}
    for folder, source in _folders(data):
        plugin = read_manifest(folder, source)
        first = seen.setdefault(plugin.name, plugin)
        if first is not plugin and plugin.refused is None:
            why = say("plugins.twice", name=plugin.name, folder=str(first.folder))
            plugin = replace(plugin, refused=why)
        found.append(plugin)
    return found


def by_name(name: str, kind: str, plugins: Sequence[Plugin]) -> Plugin:
    """The plugin of a name and kind that may be loaded. PluginFault says why there is none."""
    named = [p for p in plugins if p.name == name]
    for plugin in named:
        if plugin.refused is None and plugin.kind == kind:
            return plugin
    if named:
        why = named[0].refused or say("plugins.other_kind", kind=named[0].kind, wanted=kind)
        raise PluginFault(say("plugins.refused", name=name, why=why))
    have = ", ".join(sorted(p.name for p in plugins if p.kind == kind and p.refused is None)) or "-"
    raise PluginFault(say("plugins.none", name=name, kind=kind, have=have))


def load(plugin: Plugin) -> ModuleType:
    """Import a plugin's module and see that it offers what its kind needs. PluginFault when it does not."""
    if plugin.refused is not None:
        raise PluginFault(say("plugins.refused", name=plugin.name, why=plugin.refused))
    try:
        module = importlib.import_module(_import_name(plugin))
    except (Exception, SystemExit) as err:
        log.exception("plugin %s cannot be imported", plugin.name)
        detail = f"{type(err).__name__}: {err}"
        raise PluginFault(say("plugins.import_failed", name=plugin.name, detail=detail[:300])) from err
    for wanted in KINDS[plugin.kind]:
        if not callable(getattr(module, wanted, None)):
            raise PluginFault(say("plugins.lacks", name=plugin.name, kind=plugin.kind, wanted=wanted))
    return module


def read_manifest(folder: Path, source: Source) -> Plugin:
    """The plugin of a folder, refused with words when its manifest does not do."""
    blank = Plugin(folder.name, "", "", 0, "", Text("", ""), folder, source)
    try:
        with (folder / MANIFEST).open("rb") as file:
            raw = file.read(_LARGEST_BYTES + 1)
        if len(raw) > _LARGEST_BYTES:
            return replace(blank, refused=say("plugins.unreadable", detail=f"> {_LARGEST_BYTES} bytes"))
        manifest = tomllib.loads(raw.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as err:
        detail = getattr(err, "strerror", None) or str(err)
        return replace(blank, refused=say("plugins.unreadable", detail=detail))
    why = _fault(manifest)
    if why is not None:
        name = manifest.get("name")
        usable = isinstance(name, str) and _NAME.fullmatch(name)
        return replace(blank, name=str(name) if usable else folder.name, refused=why)
    words = manifest["description"]
    return Plugin(
        name=manifest["name"],
        kind=manifest["kind"],
        version=manifest["version"],
        api=manifest["api"],
        module=manifest["module"],
        description=Text(words["en"], words["ko"]),
        folder=folder,
        source=source,
    )


_WANTED: Mapping[str, type] = {
    "name": str, "kind": str, "version": str, "api": int, "module": str, "description": dict,
}  # fmt: skip


def _fault(manifest: Mapping[str, Any]) -> Text | None:
    """Why a manifest will not do."""
    missing = [key for key in _WANTED if key not in manifest]
    if missing:
        return say("plugins.missing", keys=", ".join(missing))
    for key, kind in _WANTED.items():
        value = manifest[key]
        if not isinstance(value, kind) or isinstance(value, bool) or value in ("", {}):
            return say("plugins.wrong_key", name=key)
    if manifest["api"] != API_VERSION:
        return say("plugins.api", theirs=manifest["api"], ours=API_VERSION)
    if manifest["kind"] not in KINDS:
        return say("plugins.kind", kind=manifest["kind"], known=", ".join(KINDS))
    words = manifest["description"]
    if not all(isinstance(words.get(lang), str) and words[lang] for lang in ("en", "ko")):
        return say("plugins.wrong_key", name="description.en, description.ko")
    for key, form in (("name", _NAME), ("module", _MODULE)):
        if not form.fullmatch(manifest[key]):
            return say("plugins.wrong_key", name=key)
    return None


def _folders(data: Path | None) -> Iterator[tuple[Path, Source]]:
    shipped = importlib.util.find_spec("plugins")
    for place in (shipped.submodule_search_locations or ()) if shipped else ():
        yield from ((folder, Source.SHIPPED) for folder in _with_manifest(Path(place)))
    if data is not None:
        yield from ((folder, Source.DATA) for folder in _with_manifest(data / "plugins"))
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        folder = _installed_folder(point)
        yield folder if folder is not None else Path(point.name), Source.INSTALLED


def _with_manifest(place: Path) -> list[Path]:
    try:
        return sorted(folder for folder in place.iterdir() if (folder / MANIFEST).exists())
    except OSError:
        return []


def _installed_folder(point: EntryPoint) -> Path | None:
    """The folder of an entry point's module, nearest to it, that has a manifest; found without importing it."""
    top, *below = point.module.split(".")
    try:
        spec = importlib.util.find_spec(top)  # a top-level name: finding it runs no code of it
    except (ImportError, ValueError):
        return None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folders = [Path(place)]
        for part in below:
            folders.append(folders[-1] / part)
        for folder in reversed(folders):
            if (folder / MANIFEST).exists():
                return folder
    return None


def _import_name(plugin: Plugin) -> str:
    if plugin.source is not Source.DATA:
        return plugin.module
    mark = hashlib.sha256(str(plugin.folder.resolve()).encode()).hexdigest()[:8]
    package = f"linekeeper_plugin_{plugin.name.replace('-', '_')}_{mark}"
    if package not in sys.modules:
        _open_package(package, plugin.folder)
    return f"{package}.{plugin.module}"


def _open_package(package: str, folder: Path) -> None:
    """Make a folder importable under a name of its own, so that its modules may import each other."""
    init = folder / "__init__.py"
    spec = ModuleSpec(package, None, is_package=True)
    if init.exists():
        made = importlib.util.spec_from_file_location(package, init)
        spec = made if made is not None else spec
    spec.submodule_search_locations = [str(folder)]
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module
    if spec.loader is not None:
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[package]
            raise
