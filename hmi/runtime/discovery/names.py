"""What names tell: the roles of tags, the access class of what may be written, and Korean words for common names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hmi.model.plant import Access, TagType
from hmi.model.text import Text
from hmi.plant.port import Node

_ALIAS = {
    "UtcTime": "DateTime", "Duration": "Double", "Enumeration": "Int32", "Number": "Double", "Integer": "Int64",
    "UInteger": "UInt64", "LocaleId": "String", "Bool": "Boolean",
}  # fmt: skip

STATION: Mapping[str, tuple[str, ...]] = {
    "good": ("goodcount", "goodparts", "goodunits", "goodpieces", "good", "okcount"),
    "reject": ("rejectcount", "rejectedcount", "rejects", "reject", "badcount", "scrapcount", "defectcount", "ngcount"),
    "in_buffer": ("inbuffer", "bufferin", "infeedbuffer", "buffercount", "bufferlevel"),
    "unit": ("unitid", "unitserial", "serialnumber", "serial", "boardid", "unit"),
    "cycle": ("cycletime", "lastcycletime", "cycle"),
    "hold_gate": ("holdgate",),
    "divert_to": ("divertto", "divert"),
    "route_active": ("routeactive", "activeroute"),
    "speed": ("speed", "machspeed", "curmachspeed", "actualspeed"),
    "speed_setpoint": ("speedsetpoint", "speedset", "setspeed", "speedsp"),
}
LINE: Mapping[str, tuple[str, ...]] = {
    "order": ("order", "workorder", "orderid", "ordernumber", "productionorder"),
    "product": ("product", "productid", "productname"),
    "lot": ("lot", "lotid", "lotnumber"),
    "material_batch": ("materialbatch", "batch", "batchid", "pastebatch"),
    "operator": ("operator", "operatorid", "operatorname"),
    "rate": ("unitsperhour", "uph", "rate", "throughput"),
    "plan": ("plan", "planqty", "plannedunits", "plannedquantity"),
    "made": ("made", "madecount", "totalcount"),
}
_NUMBERS = frozenset({"good", "reject", "in_buffer", "cycle", "speed", "speed_setpoint", "rate", "plan", "made"})
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")

_KOREAN = {
    "abort": "중단", "active": "활성", "actual": "실제", "air": "공기", "alarm": "경보", "area": "구역",
    "batch": "배치", "board": "보드", "buffer": "버퍼", "camera": "카메라", "cleaner": "세척기", "conveyor": "컨베이어",
    "count": "수", "counter": "카운터", "current": "전류", "cycle": "사이클", "divert": "전환", "energy": "에너지",
    "error": "오류", "fault": "고장", "feeder": "피더", "flow": "유량", "force": "힘", "gate": "게이트", "good": "양품",
    "head": "헤드", "heater": "히터", "height": "높이", "hold": "보류", "humidity": "습도", "id": "ID", "in": "입구",
    "interlocked": "인터록", "laser": "레이저", "level": "수위", "line": "라인", "lot": "로트", "machine": "설비",
    "material": "자재", "mode": "모드", "motor": "모터", "nozzle": "노즐", "number": "번호", "operator": "작업자",
    "order": "작업 지시", "out": "출구", "oven": "오븐", "packer": "포장기", "paste": "페이스트", "placer": "장착기",
    "plan": "계획", "plant": "공장", "position": "위치", "power": "전력", "press": "프레스", "pressure": "압력",
    "printer": "프린터", "product": "제품", "program": "프로그램", "pump": "펌프", "rate": "비율", "recipe": "레시피",
    "reject": "불량", "robot": "로봇", "route": "경로", "router": "라우터", "sensor": "센서", "setpoint": "설정값",
    "speed": "속도", "state": "상태", "station": "설비", "status": "상태", "tank": "탱크", "temperature": "온도",
    "tester": "검사기", "time": "시간", "to": "대상", "torque": "토크", "unit": "제품", "vacuum": "진공",
    "valve": "밸브", "vibration": "진동", "voltage": "전압", "volume": "부피",
    "washer": "세척기", "weight": "무게", "welder": "용접기",
    "width": "폭", "yield": "수율", "zone": "구간",
}  # fmt: skip
_PHRASES = {
    "unitsperhour": "시간당 생산량", "uph": "시간당 생산량", "inbuffer": "입구 버퍼", "holdgate": "보류 게이트",
    "divertto": "전환 대상", "routeactive": "현재 경로", "cycletime": "사이클 시간", "goodcount": "양품 수",
    "rejectcount": "불량 수", "unitid": "제품 ID", "materialbatch": "자재 배치", "serialnumber": "일련번호",
}  # fmt: skip
KINDS = frozenset({
    "printer", "placer", "oven", "camera", "tester", "packer", "router", "cleaner", "press", "robot", "welder",
    "washer", "conveyor", "pump", "laser",
})  # fmt: skip


def plain(name: str) -> str:
    """A name without case and separators: ``Good_Count`` is ``goodcount``."""
    return re.sub(r"[\W_]+", "", name).lower()


def tag_type(node: Node) -> TagType | None:
    """The type of a variable; None for what cannot be a tag (arrays, structures, pictures)."""
    try:
        return TagType(_ALIAS.get(node.type, node.type))
    except ValueError:
        return None


def roles(variables: list[tuple[str, Node]], known: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Tag ids by role, for the variables (tag id, node) of one place; the first and plainest name wins."""
    found = {}
    for role, names in known.items():
        for name in names:
            fits = [tag for tag, node in variables if plain(node.name) == name and _fits(role, node)]
            if fits:
                found[role] = fits[0]
                break
    return found


def _fits(role: str, node: Node) -> bool:
    kind = tag_type(node)
    if kind is None:
        return False
    if role in _NUMBERS:
        return kind.is_number and kind is not TagType.BOOLEAN
    return kind is TagType.BOOLEAN if role == "hold_gate" else True


_COMMANDED = frozenset({"hold_gate", "divert_to", "speed_setpoint", "plan"})
_REPORTED = frozenset(
    name for table in (STATION, LINE) for role, known in table.items() if role not in _COMMANDED for name in known
)
"""Names of what a machine or an order system reports."""
_MEASURED = frozenset({
    "count", "counter", "current", "energy", "flow", "force", "humidity", "level", "position", "power", "pressure",
    "rate", "speed", "state", "status", "temperature", "time", "torque", "vibration", "voltage", "weight", "yield",
})  # fmt: skip
_ASKED = frozenset({"set", "setpoint", "sp", "target", "command", "cmd", "demand", "request", "limit", "to", "reset"})


def access(node: Node) -> Access:
    """The access class: what the controller does not let us write is read, whatever its name.

    Many servers let anybody write anything, so what is by its name a measurement or a report is read as well; an
    engineer may say otherwise in the plant file.
    """
    kind, words = tag_type(node), words_of(node.name)
    if not node.writable or plain(node.name) in _REPORTED or kind is TagType.DATETIME:
        return Access.READ
    name = node.name.lower()
    if kind is TagType.BOOLEAN and ("gate" in name or "hold" in name):
        return Access.GATE
    if "divert" in name or "route" in name:
        return Access.DIVERTER
    is_measured = bool(words) and words[-1] in _MEASURED and not _ASKED.intersection(words)
    return Access.READ if is_measured else Access.SETPOINT


def kind_of(name: str) -> str:
    """The kind of a station that its name tells; empty when it tells none."""
    found = [word for word in words_of(name) if word in KINDS]
    return found[-1] if found else ""


def words_of(name: str) -> list[str]:
    """The words of a name in camel case or with separators, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def bilingual(name: str) -> Text:
    """A name as the server has it, and in Korean where each of its words is a common one of the trade."""
    if plain(name) in _PHRASES:
        return Text(name, _PHRASES[plain(name)])
    words = words_of(name)
    if not words or any(w not in _KOREAN and not w.isdigit() for w in words) or all(w.isdigit() for w in words):
        return Text.same(name)
    return Text(name, " ".join(_KOREAN.get(w, w) for w in words))


def digits(kind: TagType, span: tuple[float, float] | None) -> int | None:
    """Decimal places worth showing; None where the range does not tell."""
    if kind not in (TagType.FLOAT, TagType.DOUBLE) or span is None:
        return None
    width = span[1] - span[0]
    return 3 if width <= 1 else 2 if width <= 10 else 1 if width <= 1000 else 0
