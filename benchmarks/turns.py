"""One turn over REST: Balm beside stock Rasa with one trivial custom action, and behind a slow LLM.

    python -m benchmarks.turns              # about four minutes; writes benchmarks/results/turns.{md,json}

Both bots run their servers on this machine, one after the other, with the client beside them.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from balm.launch.place import Place, environment, python
from balm.launch.servers import Server, servers, stop, wait_until_ready
from balm.launch.training import is_current, train
from benchmarks import report
from benchmarks.load import Load, measure

HERE = Path(__file__).parent
STOCK = HERE / "stock_bot"
BOTS = ("stock", "balm", "balm_llm_1s")
TEXTS = (
    "我买的羽绒服三天了还没发货，你们到底管不管！",
    "BM10024683",
    "My parcel says delivered but nothing is here, I need it for tomorrow",
    "谢谢，麻烦你了",
    "how long do I have to return something?",
    "发票怎么开",
)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_mb(server: Server) -> float:
    """Resident memory of a server's process, in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


@contextmanager
def stock_bot(port: int, actions_port: int) -> Iterator[list[Server]]:
    """Stock Rasa and the stock action server with the trivial bot, as their documentation starts them."""
    (STOCK / "endpoints.yml").write_text(
        f"action_endpoint: {{url: 'http://127.0.0.1:{actions_port}/webhook'}}\n"
        "tracker_store: {type: SQL, dialect: sqlite, db: conversations.db}\n"
    )
    (STOCK / "credentials.yml").write_text("rest:\n")
    env = environment({"SANIC_HOST": "127.0.0.1"})
    subprocess.run(python("-m", "rasa", "train"), cwd=STOCK, env=env, check=True, capture_output=True)
    rasa = python("-m", "rasa", "run", "-i", "127.0.0.1", "-p", str(port))
    sdk = python("-m", "rasa_sdk", "--actions", "actions", "-p", str(actions_port))
    started = [
        _start(sdk, env, health=f"http://127.0.0.1:{actions_port}/health", name="stock actions"),
        _start(rasa, env, health=f"http://127.0.0.1:{port}/", name="stock Rasa"),
    ]
    try:
        yield started
    finally:
        stop(started)


def _start(command: list[str], env: dict[str, str], *, health: str, name: str) -> Server:
    log = STOCK / f"{name.replace(' ', '_')}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=STOCK, env=env, stdout=file, stderr=subprocess.STDOUT)
    return Server(name, process, health, log)


def loads(
    started: list[Server], port: int, *, texts: tuple[str, ...], sizes: dict[int, int]
) -> dict[str, Any]:
    """Start-up, memory and the load at each number of customers."""
    begun = time.perf_counter()
    wait_until_ready(started)
    ready = time.perf_counter() - begun
    base = f"http://127.0.0.1:{port}"
    asyncio.run(measure(base, customers=2, turns=12, texts=texts))
    rows: list[Load] = [
        asyncio.run(measure(base, customers=customers, turns=turns, texts=texts))
        for customers, turns in sizes.items()
    ]
    return {
        "start_s": round(ready, 1),
        "memory_mb": {server.name: round(memory_mb(server)) for server in started},
        "loads": [row.row() for row in rows],
    }


def main() -> None:
    """Measures all three bots and writes the tables."""
    place = Place()
    if not is_current(place):
        train(place)
    results: dict[str, Any] = report.setting("rasa", "rasa-sdk")
    port, actions_port = free_port(), free_port()
    with stock_bot(port, actions_port) as started:
        results["stock"] = loads(started, port, texts=("hello",), sizes={1: 60, 16: 160})
    with servers(place, port=port, actions_port=actions_port) as started:
        results["balm"] = loads(started, port, texts=TEXTS, sizes={1: 300, 16: 960})
    results["balm_llm_1s"] = _behind_a_slow_llm(place, port, actions_port)
    written = page(results)
    report.write("turns", results, written)
    print(written)


def _behind_a_slow_llm(place: Place, port: int, actions_port: int) -> dict[str, Any]:
    llm_port = free_port()
    llm = subprocess.Popen(python("-m", "benchmarks.slow_llm", str(llm_port)), env=environment())
    os.environ.update(
        BALM_GENERATOR="openai", BALM_LLM_BASE_URL=f"http://127.0.0.1:{llm_port}/v1", BALM_LLM_MODEL="slow"
    )
    try:
        with servers(place, port=port, actions_port=actions_port) as started:
            return loads(started, port, texts=TEXTS, sizes={1: 5, 50: 150})
    finally:
        llm.terminate()


HEAD = ("bot", "customers", "p50 ms", "p95 ms", "turns/s", "silent", "start s", "memory MB, all servers")


def page(results: dict[str, Any]) -> str:
    """The report: one row for each bot and number of customers."""
    rows = [_row(name, results[name], load) for name in BOTS for load in results[name]["loads"]]
    opening = report.headline(results, command="python -m benchmarks.turns")
    return "\n\n".join(["# One turn over REST", opening, report.table(HEAD, rows)])


def _row(name: str, bot: dict[str, Any], load: dict[str, float]) -> list[object]:
    waits = [load["p50_ms"], load["p95_ms"], load["turns_per_s"], round(load["silent"])]
    return [name, round(load["customers"]), *waits, bot["start_s"], sum(bot["memory_mb"].values())]


if __name__ == "__main__":
    main()
