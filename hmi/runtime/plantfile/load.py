"""Reading a plant file: text to document, document to sections, sections to the plant, and every fault told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from hmi.model import disk
from hmi.model.flow import Lane, Product
from hmi.model.plant import Area, Controller, Line, Plant, Shift, Site, Station, StopReason, Tag
from hmi.model.problem import Problem, ProblemsError
from hmi.model.text import Text
from hmi.model.words import say
from hmi.runtime.plantfile import alarms, cameras, flow, guards, links, methods, places, points, times
from hmi.runtime.plantfile.form import Entry, Problems, Section, is_secret, read_section, refuse_secret

SECTIONS: Mapping[str, Section] = {
    section.name: section
    for section in (
        places.PLANT, places.SITE, places.AREA, places.LINE, places.STATION, places.STATE_MAP,
        points.CONTROLLER, points.TAG, methods.METHOD, times.SHIFT, times.REASON, guards.GUARD, alarms.ALARM,
        alarms.SUPPRESSION, cameras.CAMERA, flow.PRODUCT, flow.LANE,
    )
}  # fmt: skip
"""All sections of the plant file; a new one is a room of its own that is named here."""

LARGEST_BYTES = 64_000_000
"""A plant file beyond this is something else: 10,000 tags are about 3 MB."""


def load(path: FilePath | str) -> Plant:
    """The plant that a file describes. ProblemsError with all faults, each with its line and what is right."""
    file = FilePath(path)
    return parse(_text(file), file.name)


def parse(text: str, file: str = "plant.toml") -> Plant:
    """The plant that a text describes; ``file`` is the name that the problems carry. ProblemsError as for load."""
    document = _document(text, file)
    problems = Problems(file, text, document)
    for key in document:
        if key in SECTIONS:
            continue
        if is_secret(key):
            refuse_secret(problems, (key,))
        else:
            problems.add((key,), say("plantfile.unknown_section", name=key), problems.meant(key, SECTIONS))
    sections = {name: read_section(document, section, problems) for name, section in SECTIONS.items()}
    for check in (
        *links.CHECKS,
        guards.references,
        methods.references,
        alarms.references,
        cameras.references,
        flow.references,
    ):
        check(sections, problems)
    if problems:
        raise ProblemsError(problems.all())
    return _plant(sections, "reason" in document)


def _text(file: FilePath) -> str:
    try:
        if file.is_file() and file.stat().st_size > LARGEST_BYTES:
            raise _one(file.name, 1, say("plantfile.huge"), say("plantfile.huge_right"))
        raw = file.read_bytes()
    except FileNotFoundError:
        raise _one(file.name, 1, say("plantfile.no_file", file=str(file)), say("plantfile.no_file_right")) from None
    except (OSError, ValueError) as err:
        reason = disk.why(err) if isinstance(err, OSError) else str(err)
        wrong = say("plantfile.unreadable", file=str(file), reason=reason)
        raise _one(file.name, 1, wrong, say("plantfile.unreadable_right")) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = raw.count(b"\n", 0, err.start) + 1
        wrong = say("plantfile.not_utf8", byte=f"0x{raw[err.start]:02X}")
        raise _one(file.name, line, wrong, say("plantfile.not_utf8_right")) from None


def _document(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as err:  # TOMLDecodeError, and an integer of thousands of digits
        raise _syntax(text, file, str(err)) from None
    except RecursionError:
        raise _one(file, 1, say("plantfile.too_deep"), say("plantfile.too_deep_right")) from None


_SYNTAX = (
    ("Expected '='", "equals"), ("Invalid value", "bad_value"), ("Cannot overwrite", "twice"),
    ("Cannot declare", "twice"), ("Duplicate inline", "twice"), ("Cannot mutate", "twice"),
    ("Cannot redefine", "twice"), ("Illegal character", "character"), ("Unterminated string", "string"),
    ("Expected \"'\"", "string"), ("Expected '\"'", "string"), ("Unescaped", "backslash"), ("Invalid hex", "backslash"),
    ("Escaped character", "backslash"), ("Unclosed array", "array"), ("Unclosed inline", "inline"),
    ("Expected newline", "newline"), ("Invalid initial", "key"), ("Invalid statement", "key"),
    ("Expected ']", "header"), ("Invalid date", "bad_value"),
)  # fmt: skip
"""How the parser's sentences begin, and the entry of the catalogue that says the same in both languages."""


def _syntax(text: str, file: str, message: str) -> ProblemsError:
    match = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if match:
        line, column = int(match[1]), int(match[2])
    else:  # "at end of document"
        line, column = text.rstrip().count("\n") + 1, len(text.rstrip().rsplit("\n", 1)[-1]) + 1
    kind = next((entry for start, entry in _SYNTAX if message.startswith(start)), "other")
    source = text.split("\n")[line - 1].strip() if line <= text.count("\n") + 1 else ""
    detail = say(f"plantfile.syntax_{kind}", detail=message.split(" (at")[0])
    wrong = say("plantfile.syntax", column=column, detail=detail)
    right = say(f"plantfile.syntax_{kind}_right", text=source[:80])
    return _one(file, line, wrong, right)


def _one(file: str, line: int, wrong: Text, right: Text) -> ProblemsError:
    return ProblemsError([Problem(file, line, "-", wrong, right)])


def _named(entry: Entry) -> dict[str, Any]:
    """The values of an entry, whose name is its id when it has none."""
    return {"name": Text.same(entry.id), **entry.values}


def _plant(sections: Mapping[str, list[Entry]], has_reasons: bool) -> Plant:
    maps = {**places.SHIPPED_MAPS, **{e.id: e.values for e in sections["state_map"]}}

    def station(entry: Entry) -> Station:
        values = _named(entry)
        name = values.pop("states", None)
        return Station(**values, states={} if name is None else dict(maps[name]))

    def controller(entry: Entry) -> Controller:
        values = _named(entry)
        values.pop("allow_insecure", None)
        return Controller(**values)

    return Plant(
        **_named(sections["plant"][0]),
        sites=tuple(Site(**_named(e)) for e in sections["site"]),
        areas=tuple(Area(**_named(e)) for e in sections["area"]),
        lines=tuple(Line(**_named(e)) for e in sections["line"]),
        stations=tuple(station(e) for e in sections["station"]),
        controllers=tuple(controller(e) for e in sections["controller"]),
        tags=tuple(Tag(**_named(e)) for e in sections["tag"]),
        shifts=tuple(Shift(**_named(e)) for e in sections["shift"]),
        reasons=tuple(StopReason(**_named(e)) for e in sections["reason"]) if has_reasons else times.shipped_reasons(),
        methods=tuple(methods.method(e) for e in sections["method"]),
        guards=tuple(guards.guard(e) for e in sections["guard"]),
        alarms=tuple(alarms.alarm(e) for e in sections["alarm"]),
        suppressions=tuple(alarms.suppression(e) for e in sections["suppression"]),
        cameras=tuple(cameras.camera(e) for e in sections["camera"]),
        products=tuple(Product(**_named(e)) for e in sections["product"]),
        lanes=tuple(Lane(**e.values) for e in sections["lane"]),
    )
