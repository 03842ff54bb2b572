"""Units in the reader's language."""

import pytest

from hmi.model.plant import Tag
from hmi.model.reading import Reading
from hmi.model.text import Lang, Text
from hmi.model.units import unit_words, with_unit
from ui.widgets.figures import shown


def test_pieces_are_counted_in_the_readers_language_and_other_units_stay_as_they_are():
    assert with_unit(Text.same("65"), "pcs") == Text("65 pcs", "65개")
    assert with_unit(Text.same("840"), "pcs/h") == Text("840 pcs/h", "840개/시간")
    assert with_unit(Text.same("216.0"), "°C") == Text("216.0 °C", "216.0 °C")
    assert with_unit(Text.same("3"), "") == Text("3", "3")


@pytest.mark.parametrize(("lang", "unit"), [(Lang.EN, "pcs"), (Lang.KO, "개")])
def test_a_reading_in_pieces_says_so(lang, unit):
    tag = Tag("made", Text("Made", "생산"), "plc", "", unit="pcs")
    assert shown(Reading(12, 0, 0), tag, lang, 0).unit == unit
    assert unit_words("bar").of(lang) == "bar"
