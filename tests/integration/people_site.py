"""A desk with its people and nothing else: a real database, real sockets, clocks that the test moves."""

import asyncio
import threading
import time

from hmi.desk.client import Conversation
from hmi.desk.people import People
from hmi.desk.server import DeskServer, Seat
from hmi.people.hashing import Cost
from hmi.store import audit
from hmi.store.database import Database

CHEAP = Cost(1, 64, 4)
ADMIN, ADMIN_WORD = "park", "green-door-11-rain"
WORD = "blue-horse-7-lamp"


class Box:
    """A secret store in memory."""

    def __init__(self):
        self.kept = {}

    def get(self, name):
        return self.kept.get(name)

    def set(self, name, value):
        self.kept[name] = value
        return "here"


class Steps:
    """Both clocks, moved by hand; the one on the wall can be moved alone."""

    def __init__(self):
        self.s, self.offset_s = 1_000.0, 1_790_000_000.0

    def wall_ns(self):
        return int((self.s + self.offset_s) * 1e9)

    def mono_s(self):
        return self.s


class Site:
    """An engine's desk on its own loop in a thread."""

    def __init__(self, data, *, more=None, clock=None, box=None, **options):
        self.data, self.clock, self.box, self.told, self.slept = data, clock or Steps(), box or Box(), [], []
        self.database = Database(data / "plant.db")

        async def sleep(seconds):
            self.slept.append(seconds)
            self.clock.s += seconds

        self.people = People(
            self.database, self.box, data, self.clock, zone="Asia/Seoul", areas=["north", "south"], cost=CHEAP,
            told=lambda *said: self.told.append(said), sleep=sleep, **options,
        )  # fmt: skip
        self.loop = asyncio.new_event_loop()
        self.server = DeskServer(data, self.people.answers() | (more(self.people) if more else {}))
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.on_loop(self.server.start())

    def on_loop(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def run(self, act):
        """Something of the engine's, on its loop."""

        async def here():
            return act()

        return self.on_loop(here())

    def sit(self, user=None, word=WORD):
        """A window or script of its own."""
        seat = Conversation(self.data)
        if user is not None:
            seat.call("sign_in", user=user, password=word)
        return seat

    def found(self, seat=None):
        """The first administrator, at a seat."""
        seat = seat or self.sit()
        seat.call("first_user", user=ADMIN, password=ADMIN_WORD, printed_name="Park Minsu")
        return seat

    def add(self, *users, role="supervisor", **more):
        with self.sit(ADMIN, ADMIN_WORD) as seat:
            for user in users:
                seat.call("add_user", user=user, role=role, password=WORD, must_change=False, **more)

    def trail(self, *actions):
        """Rows of the trail, oldest first, once all that was said is on disk."""
        self.database.submit(lambda work: None).result()
        return self.trail_rows(*actions)

    def trail_rows(self, *actions):
        """Rows of the trail that are on disk now, oldest first."""
        with self.database.reader() as c:
            return [r.row for r in reversed(audit.rows(c, audit.Wanted(actions=actions), limit=10_000))]

    def stop(self):
        if self.loop.is_closed():
            return
        self.on_loop(self.server.stop())
        self.run(self.people.close)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()
        self.database.close()


def own_seat():
    """A seat without a connection, for what the engine's own rooms are asked."""
    seat = Seat.__new__(Seat)
    seat.session, seat.left, seat.gone = None, [], False
    seat.tell = lambda message: None
    return seat


def until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return found
