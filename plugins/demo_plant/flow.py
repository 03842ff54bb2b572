"""The demo's flow in its plant file: what each station can do, the products, and the cross lanes between the lines."""

from __future__ import annotations

import json
from collections.abc import Iterator

from plugins.demo_plant import names
from plugins.demo_plant.layout import LINES, OPERATIONS, STATION_COUNT, LineSpec

HOME = 0
"""The diverter's own line."""
TRANSPORT_S = 1.0


def offers(line: LineSpec, kind: str) -> Iterator[tuple[str, str]]:
    """What a station offers; only the placer is mounted for certain products, the others take every board."""
    yield "capabilities", json.dumps([OPERATIONS[kind]])
    if kind == "placer":
        yield "products", json.dumps(list(line.products))


def products() -> Iterator[str]:
    """What the plant makes, each product with its operations in their order."""
    operations = json.dumps(list(OPERATIONS.values()))
    for product, (en, ko) in names.PRODUCTS.items():
        name = f'{{ en = "{en}", ko = "{ko}" }}'
        yield f'[[product]]\nid = "{product}"\nname = {name}\noperations = {operations}\n'


def lanes() -> Iterator[str]:
    """From every station with a diverter to the next place of each other line."""
    for line in LINES:
        for order in range(1, STATION_COUNT):
            here = f"{line.id}.S{order}"
            for other in LINES:
                if other.number == line.number:
                    continue
                there = f"{other.id}.S{order + 1}"
                yield (
                    f'[[lane]]\nid = "{here}-{other.id}"\nfrom = "{here}"\nto = "{there}"\n'
                    f'diverter = "{here}.DivertTo"\nvalue = {other.number}\nhome = {HOME}\n'
                    f"transport_s = {TRANSPORT_S:g}\n"
                )
