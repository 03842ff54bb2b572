"""Plugins are found, checked and refused with words before any of their code runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.api import API_VERSION
from hmi.runtime import plugins
from hmi.runtime.plugins import PluginFault, Source

MANIFEST = """\
name = "{name}"
kind = "{kind}"
version = "1.0.0"
api = {api}
module = "{module}"
[description]
en = "A test"
ko = "시험"
"""


def make(data: Path, where: str = "probe", code: str = "def create(context): return 1", **words: object) -> Path:
    folder = data / "plugins" / where
    folder.mkdir(parents=True)
    values = {"name": where, "kind": "driver", "api": API_VERSION, "module": "driver", **words}
    (folder / "plugin.toml").write_text(MANIFEST.format(**values), encoding="utf-8")
    (folder / "driver.py").write_text(code, encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _forget_imports() -> Iterator[None]:
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("linekeeper_plugin_"):
            del sys.modules[name]


def own(data: Path) -> list[plugins.Plugin]:
    return [p for p in plugins.find(data) if p.source is Source.DATA]


def test_the_shipped_driver_is_found_without_being_imported() -> None:
    before = set(sys.modules)
    shipped = plugins.by_name("opcua", "driver", plugins.find())
    assert shipped.source is Source.SHIPPED
    assert shipped.description.ko
    assert not any(name.startswith("plugins.opcua") for name in set(sys.modules) - before)


def test_a_plugin_of_the_data_folder_is_loaded(tmp_path: Path) -> None:
    folder = make(tmp_path, code="from .part import answer\ndef create(context): return answer")
    (folder / "part.py").write_text("answer = 42", encoding="utf-8")
    (plugin,) = own(tmp_path)
    assert (plugin.name, plugin.kind, plugin.version, plugin.refused) == ("probe", "driver", "1.0.0", None)
    assert plugins.load(plugin).create(None) == 42


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"api": 99}, "interface 99"),
        ({"kind": "driber"}, "unknown kind driber"),
        ({"api": '"1"'}, "api"),
        ({"module": "../evil"}, "module"),
        ({"module": ""}, "module"),
        ({"name": "A B"}, "name"),
        ({"api": "true"}, "api"),
    ],
)
def test_sar_2_4_a_manifest_that_will_not_do_is_refused_and_never_imported(
    tmp_path: Path, words: dict[str, object], told: str
) -> None:
    make(tmp_path, "odd", "raise SystemExit('imported')", **words)
    (plugin,) = own(tmp_path)
    assert plugin.name == "odd"
    assert plugin.refused is not None
    assert told in plugin.refused.en
    assert plugin.refused.ko != plugin.refused.en
    with pytest.raises(PluginFault, match="refused"):
        plugins.load(plugin)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"name = ", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b'name = "odd"', "lacks: kind"),
        (b"#" * 200_000, "100000"),
    ],
    ids=["syntax", "bytes", "keys", "huge"],
)
def test_a_broken_manifest_is_listed_with_its_fault(tmp_path: Path, content: bytes, told: str) -> None:
    (make(tmp_path, "odd") / "plugin.toml").write_bytes(content)
    (plugin,) = own(tmp_path)
    assert plugin.refused is not None
    assert told in plugin.refused.en


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("import nothing_of_this_name", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = (", "SyntaxError"),
    ],
)
def test_an_import_that_fails_is_told(tmp_path: Path, code: str, told: str) -> None:
    make(tmp_path, code=code)
    (plugin,) = own(tmp_path)
    with pytest.raises(PluginFault) as caught:
        plugins.load(plugin)
    assert told in caught.value.text.en
    assert "probe" in caught.value.text.ko


def test_a_driver_without_create_is_told(tmp_path: Path) -> None:
    make(tmp_path, code="x = 1")
    (plugin,) = own(tmp_path)
    with pytest.raises(PluginFault, match=r"no create\(\)"):
        plugins.load(plugin)


def test_sar_2_4_a_plugin_cannot_take_the_name_of_a_shipped_one(tmp_path: Path) -> None:
    make(tmp_path, "opcua")
    found = plugins.find(tmp_path)
    (mine,) = [p for p in found if p.source is Source.DATA]
    assert mine.refused is not None
    assert "already" in mine.refused.en
    assert plugins.by_name("opcua", "driver", found).source is Source.SHIPPED


def test_a_name_that_is_not_there_says_what_there_is(tmp_path: Path) -> None:
    make(tmp_path)
    found = plugins.find(tmp_path)
    with pytest.raises(PluginFault) as caught:
        plugins.by_name("modbus", "driver", found)
    assert "modbus" in caught.value.text.en
    assert "probe" in caught.value.text.en
    with pytest.raises(PluginFault, match="wanted is camera"):
        plugins.by_name("probe", "camera", found)


def test_an_installed_plugin_is_found_by_its_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "acme_probe" / "link"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("")
    (package / "__init__.py").write_text("def create(context): return 'acme'")
    (package / "plugin.toml").write_text(
        MANIFEST.format(name="acme", kind="driver", api=API_VERSION, module="acme_probe.link"), encoding="utf-8"
    )
    info = tmp_path / "acme_probe-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-probe\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[linekeeper.plugins]\nacme = acme_probe.link\ngone = nothing_of_this_name\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {p.name: p for p in plugins.find() if p.source is Source.INSTALLED}
    assert "acme_probe" not in sys.modules
    assert found["gone"].refused is not None
    assert plugins.load(found["acme"]).create(None) == "acme"
