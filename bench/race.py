"""Peers side by side: every round runs one work at each peer, so that a busy minute of the machine hits all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from types import TracebackType
from typing import Any, Self

from bench.sizes import Sizes

ROOT = Path(__file__).resolve().parent.parent

RAW, OURS, FAST, SDK = EVERYBODY = "raw", "parse_orm", "parse_orm[fast]", "Parse JS SDK"
"""The peers; parse_orm runs without orjson and, as [fast], with it."""

PURE = "parse_orm, no C"
"""parse_orm where nothing was compiled, in the works where that matters."""


def commands(node: str, packages: Path) -> dict[str, list[str]]:
    """How each peer is started.

    Args:
        node: the node program of the dev server.
        packages: the folder whose node_modules holds the SDK.
    """
    worker = [sys.executable, "-m", "bench.worker"]
    in_c = [f"parse_orm.{part}" for part in ("codec._encode", "codec._paused", "codec._writer", "fields._getters")]
    return {
        RAW: [*worker, "bench.peers.raw"],
        OURS: [*worker, "bench.peers.mapper", "orjson"],
        FAST: [*worker, "bench.peers.mapper"],
        PURE: [*worker, "bench.peers.mapper", "orjson", *in_c],
        SDK: [node, str(ROOT / "bench" / "peers" / "sdk.mjs"), str(packages)],
    }


class Runner:
    """One peer's process.

    Args:
        name: the peer.
        command: starts it.
    """

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, **question: Any) -> dict[str, Any]:
        """Send one question and wait for its answer.

        Raises:
            RuntimeError: the peer failed, and what it said.
        """
        process = self._process
        assert process.stdin
        assert process.stdout
        print(json.dumps(question), file=process.stdin, flush=True)
        line = process.stdout.readline()
        said: dict[str, Any] = json.loads(line) if line else {"error": "the process ended"}
        if "error" in said:
            raise RuntimeError(f"{self.name} failed at {next(iter(question.values()))!r:.40}: {said['error']}")
        return said

    def stop(self) -> None:
        """End the process."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@dataclass
class Times:
    """What was measured of each work and peer: seconds by the clock and of CPU, round by round."""

    wall: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    cpu: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(self, work: str, peer: str, wall: float, cpu: float) -> None:
        """Note one round."""
        self.wall.setdefault((work, peer), []).append(wall)
        self.cpu.setdefault((work, peer), []).append(cpu)

    def typical(self, kind: str, work: str, peer: str) -> float:
        """The median of one kind of time.

        Args:
            kind: "wall" or "cpu".
            work: what was done.
            peer: by whom.
        """
        return median(getattr(self, kind)[work, peer])

    def ratio(self, kind: str, work: str, peer: str, other: str) -> float:
        """How much longer one peer took than another: the median over the rounds, each compared with itself.

        Args:
            kind: "wall" or "cpu".
            work: what was done, ``"a/b"`` when the two did different works.
            peer: whose time is divided.
            other: by whose.
        """
        first, _, second = work.partition("/")
        times = getattr(self, kind)
        pairs = zip(times[first, peer], times[second or first, other], strict=True)
        return median(mine / yours for mine, yours in pairs)


class Race:
    """The peers of one run, in several teams of one process for each peer.

    Where a process happens to lie in memory makes it faster or slower for as long as it lives, so that one process of
    each peer would tell as much about that as about the peers.

    Args:
        starts: peers with the commands that start them.
        config: how to reach the server.
        sizes: how much is done, and by how many teams.
    """

    def __init__(self, starts: Mapping[str, list[str]], config: Mapping[str, Any], sizes: Sizes) -> None:
        self.sizes = sizes
        self.times = Times()
        self.teams = [{name: Runner(name, command) for name, command in starts.items()} for _ in range(sizes.teams)]
        begin = {"config": dict(config), "sizes": asdict(sizes)}
        for runner in self._runners():
            runner.ask(begin=begin)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for runner in self._runners():
            runner.stop()

    def _runners(self) -> list[Runner]:
        return [runner for team in self.teams for runner in team.values()]

    def run(
        self, works: Iterable[str], peers: Iterable[str], rounds: int, clean: Callable[[], object], warm: int = 1
    ) -> None:
        """Measure works at some peers, all of which take turns; each round is run by another team.

        Args:
            works: the names of the works.
            peers: the names of the peers.
            rounds: how often.
            clean: called before each measurement.
            warm: rounds of each team before these, which do not count.
        """
        turns = [(work, peer) for work in works for peer in peers]
        for number in range(-warm * len(self.teams), rounds):
            team = self.teams[number % len(self.teams)]
            for work, peer in turns if number % 2 else reversed(turns):
                clean()
                said = team[peer].ask(time=work)
                if number >= 0:
                    self.times.add(work, peer, said["wall"], said["cpu"])

    def call(self, peer: str, method: str, *arguments: Any) -> Any:
        """Have a peer do something that is not timed.

        Args:
            peer: which.
            method: the name of the method.
            arguments: what to give it.

        Returns:
            What it gave.
        """
        return self.teams[0][peer].ask(call=method, arguments=arguments)["value"]
