"""A stored handover as it is shown and printed, and what does not hold of it."""

from __future__ import annotations

import json

import msgspec

from hmi.desk.shiftlog_rows import HandoverSheet, SignatureBlock
from hmi.model.permission import Role
from hmi.model.shiftlog import HandoverRecord
from hmi.model.text import Text
from hmi.model.words import say
from hmi.people import signing
from hmi.store.shiftlog import Handover
from hmi.store.signatures import Signature


def shown(sha: str) -> dict[str, str]:
    """What both people were shown while they signed: the record itself, named by its hash."""
    return {"handover_record_sha256": sha}


def sheet(found: Handover, outgoing: Signature | None, incoming: Signature | None) -> HandoverSheet:
    """A stored handover as it is shown, with everything that is wrong about it."""
    wrong: list[Text] = [] if found.whole else [say("shiftlog.record_changed")]
    blocks = []
    plain, record = None, None
    try:
        plain = json.loads(found.record)
        record = msgspec.convert(plain, HandoverRecord)
    except (ValueError, msgspec.ValidationError):
        wrong.append(say("shiftlog.unreadable"))
    for one, meaning in ((outgoing, "hand_over"), (incoming, "take_over")):
        if one is None:
            wrong.append(say("shiftlog.signature_gone"))
            continue
        blocks.append(
            SignatureBlock(
                one.number, one.user, one.printed_name, Role(one.role), one.at_ns, one.local, one.text, one.meaning,
                one.station,
            )
        )  # fmt: skip
        flaw = signing.verify(one, plain, shown(found.record_sha))
        if flaw is not None:
            wrong.append(flaw)
        elif one.meaning != meaning:
            wrong.append(say("shiftlog.signature_meaning", number=one.number))
    return HandoverSheet(found.number, record, found.record_sha, blocks, wrong)
