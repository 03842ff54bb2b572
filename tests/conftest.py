"""What tests of several rooms share: the independent plant beside the repository, and stations on it."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# no test is a matter of time; in CI the examples are the same in every run, at a desk they wander
settings.register_profile(
    "steady", deadline=None, derandomize=bool(os.environ.get("CI")), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


def free_port() -> int:
    """A loopback port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds: float = 10.0, what: str = "condition"):
    """Wait for something to become true and give what it gave."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.05)
    return found


@pytest.fixture
def unused_port() -> int:
    """A loopback port that nobody uses at the moment."""
    return free_port()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The real data sets; skips, saying so, where they are missing."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside the repository (shared/data)")
    return folder


@pytest.fixture(scope="session")
def plant_program() -> Path:
    """The independent plant with its packages, copied out of shared/ once; skips where it cannot be had."""
    source = SHARED / "plant"
    if not source.is_dir():
        pytest.skip("the independent plant is not beside the repository (shared/plant)")
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are needed for the independent plant")
    mark = hashlib.sha256(b"".join(f.read_bytes() for f in sorted(source.glob("*.js*")))).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"linekeeper-plant-{os.getuid()}-{mark}"
    if not (folder / "installed").exists():
        shutil.copytree(source, folder, dirs_exist_ok=True)
        done = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip
        if done.returncode != 0:
            pytest.skip(f"npm could not install the independent plant: {done.stderr[-300:]}")
        (folder / "installed").touch()
    return folder


class IndependentPlant:
    """One running independent plant; kill, freeze and start it again as a plant would."""

    def __init__(self, program: Path, pki: Path) -> None:
        self.program, self.pki, self.port = program, pki, free_port()
        self.process: subprocess.Popen[str] | None = None

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}"

    def start(self, *options: str) -> None:
        self.process = subprocess.Popen(
            ["node", "server.js", f"--port={self.port}", f"--pki={self.pki}", *options], cwd=self.program,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("ready"):
                return
        raise AssertionError("the independent plant did not start")

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None


@pytest.fixture
def independent_plant(plant_program, tmp_path):
    """A started-by-hand independent plant; call ``start(*options)``."""
    plant = IndependentPlant(plant_program, tmp_path / "pki")
    yield plant
    plant.kill()


class StationProcess:
    """A station as its user has it: the command line and an engine process on a data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.plant = data / "plant.toml"
        self.engine: subprocess.Popen[str] | None = None

    def run(self, *words: str, stdin: str = "", code: int | None = 0):
        """One command to its end; gives the completed process, standard output parsed when it is JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "hmi.cli", *words], cwd=ROOT, input=stdin, capture_output=True, text=True,
            timeout=60, check=False, env={**os.environ, "LINEKEEPER_LANG": "en"},
        )  # fmt: skip
        assert code is None or done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr, done.stderr
        try:
            done.json = json.loads(done.stdout)
        except ValueError:
            done.json = None
        return done

    def discover(self, endpoint: str, *words: str, stdin: str = "") -> None:
        self.run("discover", endpoint, "--out", str(self.plant), "--data", str(self.data), *words, stdin=stdin)

    def start(self, patience_s: float = 60.0) -> None:
        self.engine = subprocess.Popen(
            [sys.executable, "-m", "hmi.cli", "engine", "--plant", str(self.plant), "--data", str(self.data)],
            cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "LINEKEEPER_LANG": "en"},
        )  # fmt: skip
        until(self._answers, patience_s, "engine")

    def _answers(self) -> bool:
        from hmi.desk.wire import DeskUnreachableError

        assert self.engine.poll() is None, self.engine.stderr.read()
        try:
            return self.ask("hello").pid == self.engine.pid
        except DeskUnreachableError:
            return False

    def read(self, *tags: str) -> dict:
        from hmi.desk.client import call

        return {r["tag"]: r for r in call(self.data, "read", tags=list(tags))}

    def ask(self, name: str, **arguments):
        from hmi.desk.client import call

        return call(self.data, name, **arguments)

    def stop(self) -> None:
        if self.engine is not None:
            self.engine.terminate()
            try:
                self.engine.wait(10)
            finally:
                self.engine.kill()
                self.engine.stderr.close()
                self.engine = None


@pytest.fixture
def station(tmp_path):
    """A station on a folder of its own."""
    folder = tmp_path / "station"
    folder.mkdir(mode=0o700)
    running = StationProcess(folder)
    yield running
    running.stop()
