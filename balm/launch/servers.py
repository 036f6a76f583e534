"""Rasa and the action server, started together, watched, and stopped together."""

from __future__ import annotations

import secrets
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from balm.errors import BalmError, ConfigError
from balm.launch.log import cause
from balm.launch.place import Place, adapter, environment, python

HOST = "127.0.0.1"
PATIENCE_S = 180.0  # a cold machine imports TensorFlow for a minute
STOP_S = 10.0
RESTARTS = 5
NO_MODEL = 409  # what Rasa's /status answers then
PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


class ServerDied(BalmError):
    """A server that ended by itself; the sentence names its log."""


@dataclass(frozen=True)
class Server:
    """One process with its address for health checks, its log, and the way to start it `again`."""

    name: str
    process: subprocess.Popen[bytes]
    health: str
    log: Path
    again: Callable[[], Server] | None = None

    def check(self) -> None:
        """Does nothing while the server runs.

        Raises:
            ServerDied: it has ended.
        """
        if self.process.poll() is None:
            return
        code = self.process.returncode
        raise ServerDied(
            f"{self.name} ended with code {code}: {cause(self.log)} The whole log is in {self.log}."
        )

    def answers(self) -> bool:
        """Whether the server answers its health check.

        Raises:
            ServerDied: it answers that it cannot work. Rasa does so without a model: it serves on,
                and ignores every message.
        """
        import httpx

        try:
            status = httpx.get(self.health, timeout=2).status_code
        except httpx.HTTPError:
            return False
        if status == NO_MODEL:
            raise ServerDied(
                f"{self.name} could not load the model: {cause(self.log)} The whole log is in {self.log}."
            )
        return status == 200


def check_free(port: int, *, option: str) -> None:
    """Does nothing when `port` is free.

    Raises:
        ConfigError: another program uses it.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise ConfigError(
                f"port {port}: another program uses it (perhaps another Balm)."
                f" Stop that program, or choose another port with {option}."
            ) from error


@contextmanager
def ended_politely() -> Iterator[None]:
    """A block that SIGTERM and SIGINT leave as Ctrl-C does, so that its servers are stopped.

    A service manager sends the first; a shell that starts Balm in the background has it ignore the second.
    """

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def servers(
    place: Place, *, port: int, actions_port: int, actions: str | None = None
) -> Iterator[list[Server]]:
    """Both servers, started; they are stopped when the block ends, however it ends."""
    check_free(port, option="--port")
    check_free(actions_port, option="--actions-port")
    preset = {
        "BALM_ACTION_TOKEN": secrets.token_urlsafe(24),
        "BALM_SIGN_IN_SECRET": secrets.token_urlsafe(48),
        # one message is too little work to share: threads that wait for each other only take the other core
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "BALM_ACTIONS_URL": f"http://{HOST}:{actions_port}/webhook",
    }
    env = environment({name: value for name, value in preset.items() if name not in environment()})
    started: list[Server] = []
    try:
        started.append(_start(place, "the action server", _actions_command(actions, actions_port), env,
                              health=f"http://{HOST}:{actions_port}/health", log="actions.log"))  # fmt: skip
        started.append(_start(place, "Rasa", _rasa_command(place, port), env,
                              health=f"http://{HOST}:{port}/status", log="rasa.log"))  # fmt: skip
        yield started
    finally:
        stop(started)


def wait_until_ready(
    started: list[Server], *, on_wait: Callable[[list[str]], None] = lambda names: None
) -> None:
    """Returns when every server answers; `on_wait` hears which ones do not yet.

    Raises:
        ServerDied: one ended, or none answered in time.
    """
    deadline = time.monotonic() + PATIENCE_S
    waiting = list(started)
    while waiting:
        on_wait([server.name for server in waiting])
        for server in waiting:
            server.check()
        waiting = [server for server in waiting if not server.answers()]
        if waiting and time.monotonic() > deadline:
            raise ServerDied(
                f"{waiting[0].name} did not answer within {PATIENCE_S:.0f} s. Its log is {waiting[0].log}."
            )
        time.sleep(0.25 if waiting else 0)


def watch(started: list[Server], *, on_restart: Callable[[str], None] = lambda why: None) -> None:
    """Returns never by itself: a server that ends is started again, in its place in `started`.

    Meanwhile Rasa tells customers that something went wrong, and the chat page that it is offline.

    Raises:
        ServerDied: one has ended `RESTARTS` times.
    """
    ended: Counter[str] = Counter()
    while True:
        for place, server in enumerate(started):
            try:
                server.check()
            except ServerDied as death:
                ended[server.name] += 1
                if server.again is None or ended[server.name] > RESTARTS:
                    raise
                on_restart(f"{death} It is started again.")
                started[place] = server.again()
        time.sleep(1)


def stop(started: list[Server]) -> None:
    """Ends the servers: politely first, by force after ten seconds."""
    for server in started:
        if server.process.poll() is None:
            server.process.send_signal(signal.SIGTERM)
    for server in started:
        try:
            server.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


def _start(
    place: Place, name: str, command: list[str], env: dict[str, str], *, health: str, log: str
) -> Server:
    path = place.memory / log
    path.unlink(missing_ok=True)

    def start() -> Server:
        with path.open("ab") as file:
            # its own session: a Ctrl-C in the terminal reaches Balm alone, which then stops both in order
            process = subprocess.Popen(
                command,
                cwd=place.root,
                env=env,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        return Server(name, process, health, path, again=start)

    return start()


def _end_with_parent() -> None:
    """Asks Linux to end this process when Balm itself is killed."""
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _actions_command(actions: str | None, port: int) -> list[str]:
    return python("-m", "balm", "actions", "--actions", actions or adapter("actions"), "--port", str(port))


def _rasa_command(place: Place, port: int) -> list[str]:
    return python(
        "-m", "rasa", "run", "--enable-api", "--interface", HOST, "--port", str(port),
        "--model", str(place.model), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    )  # fmt: skip
