"""A whole station at its desk, with one thing of everything that can be acted on; its controllers are not there."""

import asyncio
import dataclasses
import threading
import time

from sqlalchemy import text

from hmi.desk.client import Conversation
from hmi.desk.control import ModeSwitch
from hmi.model.camera import Subject
from hmi.model.command import CommandOutcome, Mode
from hmi.model.decision import AdviceKind, Confidence, Recommendation, Write
from hmi.model.hold import HoldReason, HoldScope, HoldState, ScopeKind
from hmi.model.inspection import Verdict
from hmi.model.method import Method, MethodArgument
from hmi.model.permission import EVERYWHERE, Person, Role
from hmi.model.plant import Access, Area
from hmi.model.sequence import Orderer, Run, RunState, RunStep, StepResult
from hmi.model.text import Text
from hmi.people import hashing
from hmi.runtime import datafolder, wiring
from hmi.runtime.plantfile import load
from hmi.store import decisions, holds, routes, runs, vision
from hmi.store.audit import Entry
from hmi.store.database import Database
from hmi.store.holds import Hold, HoldGate
from hmi.store.routes import Reroute, RerouteState
from tests.conftest import ROOT
from tests.integration.people_site import ADMIN, ADMIN_WORD, CHEAP, WORD

FILE = ROOT / "resources" / "demo" / "plant.toml"
HERE, ELSEWHERE = "north", "smt"
GATE, DIVERTER, RECIPE, SETPOINT = "L1.S1.HoldGate", "L1.S1.DivertTo", "L1.S3.SpeedSetpoint", "L1.S1.SpeedSetpoint"
METHOD, CAMERA, ALARM = "L1.S1.Reset", "cam1", "L1.S1.stopped"
KIM = Person("kim", "Kim Minjun", Role.SUPERVISOR)
UNTOLD = ("audit", "audit_head", "sqlite_sequence", "meta", "event")
"""Tables that tell of refusals too, or of the engine itself."""


def plant_of_two_areas():
    """The demo plant with line 1 in an area of its own, and one thing of every access class."""
    plant = load(FILE)
    lines = tuple(dataclasses.replace(x, area=HERE) if x.id == "L1" else x for x in plant.lines)
    tags = tuple(dataclasses.replace(t, access=Access.RECIPE) if t.id == RECIPE else t for t in plant.tags)
    controller = plant.tag[GATE].controller
    method = Method(
        METHOD, Text.same("Reset"), controller, "x", "y", GATE, False, (MethodArgument(Text.same("n")),), "L1.S1"
    )
    areas = (*plant.areas, Area(HERE, Text("North", "북쪽"), plant.sites[0].id))
    return dataclasses.replace(plant, lines=lines, tags=tags, areas=areas, methods=(*plant.methods, method))


def seed(data):
    """A hold, a card, a picture's verdict, a stopped run and a reroute, as an earlier engine left them."""
    database, now = Database(data / "plant.db"), time.time_ns()

    def run(work):
        scope = HoldScope(ScopeKind.STATION, ("L1.S1",), now - 10**9)
        hold = Hold(
            0, "k", HoldState.ON_PAPER, HoldReason.MANUAL, scope, "", "L1.S1", "", "kim", "Kim", 1, now,
            Orderer(KIM, 1, "hold"), 1, [HoldGate("L1.S1", GATE, "stop", True, "hold:1:close", "REFUSED", None, now)],
        )  # fmt: skip
        assert holds.add(work, hold, Entry("hold_placed")) == 1
        advice = Recommendation(
            "step", AdviceKind.STEP, "L1.S1", Text.same("step"), (), (), (), None,
            Confidence(0.5, 0, 0, False, "m", "1", 0), (), (Write(SETPOINT, 80.0, 81.0, 80.0),), Text.same("undo"),
            3600.0, False, key="k",
        )  # fmt: skip
        card = decisions.Card(advice, detected_ns=now, proposed_ns=now, expires_ns=now + 3600 * 10**9)
        assert decisions.add_card(work, card, Text.same("shown")).id == 1
        vision.add(
            work,
            vision.KeptInspection(
                1, CAMERA, now, 1, Verdict.FAIL, 0.5, 1.0, 2.0, Subject("u1", station="L1.S4", product="A"), "", "",
                [], None, "a.png",
            ),
        )  # fmt: skip
        stopped = StepResult(CommandOutcome.REFUSED, None, done_ns=now)
        step = RunStep(DIVERTER, 2, 0)
        verified = StepResult(CommandOutcome.VERIFIED, None, 1, 2, now)
        runs.begin(work, Run("reroute:9:open", "reroute:9", "r", (step, RunStep(GATE, True, False)), "kim", 1,
                             "reroute", (), (verified, stopped), RunState.STOPPED, started_ns=now))  # fmt: skip
        made = Reroute(
            0, "L1.S2", Text.same("r"), "kim", "Kim", "", "r", 1, "reroute",
            (routes.PlanWrite(DIVERTER, 2, 0),), (), ("L1.S1-L2",), RerouteState.VERIFIED, now,
        )  # fmt: skip
        assert routes.add(work, made, Entry("reroute_ordered")) == 1

    database.submit(run).result()
    database.close()


class Station:
    """The engine's parts joined as the engine joins them, on a loop in a thread; no driver and no camera is started."""

    def __init__(self, data, monkeypatch):
        self.data = data
        datafolder.prepare(data)
        seed(data)
        # hashes that cost the designed time would be most of these tests' time
        monkeypatch.setattr(hashing, "Cost", lambda: CHEAP)
        self.plant = plant_of_two_areas()
        self.switch, self.database = ModeSwitch(), Database(data / "plant.db")
        monkeypatch.setattr(wiring, "ModeSwitch", lambda: self.switch)
        monkeypatch.setattr(wiring, "Database", lambda file, **more: self.database)
        self.wired = wiring.wire(data, self.plant, str(FILE))
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.on_loop(self.wired.server.start())
        self.on_loop(self.tick())  # stretches that can be named are on record
        self.people()

    @property
    def asks(self):
        """Every question and action that the engine answers."""
        return frozenset(self.wired.server._routes)

    def on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(20)

    def people(self):
        """One person of each role; a supervisor whose rights end at the other area's fence."""
        with Conversation(self.data) as seat:
            seat.call("first_user", user=ADMIN, password=ADMIN_WORD)
            for role in Role:
                if role is not Role.ADMINISTRATOR:
                    self.add(seat, role.value, role)
                    self.add(seat, f"far.{role.value}", role, ELSEWHERE)
            seat.call("add_user", user="fresh", role="supervisor", password=WORD)

    @staticmethod
    def add(seat, user, role, area=EVERYWHERE):
        seat.call("add_user", user=user, role=role.value, password=WORD, areas=[area], must_change=False)

    def sit(self, user=""):
        """A window of its own."""
        seat = Conversation(self.data)
        if user:
            seat.call("sign_in", user=user, password=ADMIN_WORD if user == ADMIN else WORD)
        return seat

    def control(self):
        """The station may write, so that what refuses is not its mode."""
        self.on_loop(self._control())

    async def _control(self):
        self.switch.mode = Mode.CONTROL

    async def tick(self):
        self.wired.tick()

    def standing(self):
        """Everything on record but the trail itself, and what the trust folder holds."""
        self.database.submit(lambda work: None).result()
        found = {}
        with self.database.reader() as c:
            for (name,) in c.execute(text("select name from sqlite_master where type='table'")).all():
                if name not in UNTOLD:
                    rows = [tuple(r) for r in c.execute(text(f'select * from "{name}"')).all()]
                    found[name] = [r for r in rows if name != "command" or "REFUSED" not in r]
        trust = sorted(str(p) for p in (self.data / "trust").rglob("*.der"))
        return found | {"trust": trust, "mode": self.switch.mode}

    def stop(self):
        self.on_loop(self.wired.server.stop())
        self.on_loop(self.wired.loop.stop())

        async def close():
            self.wired.close()

        self.on_loop(close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()
