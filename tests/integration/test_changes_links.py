"""What changed on a controller's link is told by the name of the plant file."""

from hmi.model.text import Text
from hmi.plant.port import LinkState
from hmi.runtime.changes import Changes
from hmi.store.database import Database


def test_a_link_is_told_by_the_controllers_name_in_both_languages(tmp_path):
    database = Database(tmp_path / "plant.db")
    try:
        changes = Changes(database, {"plc1": Text("Line PLC", "라인 PLC")})
        changes.link("plc1", LinkState.DOWN, None)
        changes.link("plc2", LinkState.DOWN, None)
        other, named = changes.recent()
    finally:
        database.close()
    assert (named.text.en, named.place) == ("Line PLC connection lost", "plc1")
    assert named.text.ko == "라인 PLC 연결 끊김"
    assert other.text.en == "plc2 connection lost", "a controller that the plant file does not know keeps its id"
