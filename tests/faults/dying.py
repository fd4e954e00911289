"""Starts a process that dies at a point of guided runs: `python -m tests.faults.dying SERVICE POINT BREAK api | work`.

A point kills at most as often as its marker files allow, over all processes of a house. BREAK is `sound`, or one thing that
somebody could take for superfluous in runs: the checker must fail on it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from services.runs import delivery_results, lifecycle, models, recurrences, step_actions
from services.runs.action_types import email
from shared.feed.consumer import Reader
from shared.ground import ids
from shared.process import service_main

DEATHS = 2
"""How often a point kills in one house, each time another process."""


class Dying:
    """Kills this process at every `share`-th time that it comes by, as long as a marker is left."""

    def __init__(self, point: str, share: int) -> None:
        self.point, self.share, self.times = point, share, 0

    def __call__(self) -> None:
        self.times += 1
        if self.times % self.share == 0 and any(_taken(self.point, number) for number in range(DEATHS)):
            os.kill(os.getpid(), signal.SIGKILL)


def _taken(point: str, number: int) -> bool:
    try:
        os.close(os.open(marker(Path(os.environ["TANDEM_HOME"]), point, number), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def marker(home: Path, point: str, number: int) -> Path:
    """The file that says that this point killed for the `number`-th time."""
    folder = home / "faults"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{point}-{number}"


def deaths(home: Path, point: str) -> int:
    """How often this point has killed."""
    return sum(marker(home, point, number).exists() for number in range(DEATHS))


def never() -> None:
    """Nothing kills it but the nemesis."""


def between_mails() -> None:
    """The API, where one mail of several is ordered and the next is not."""
    _after(step_actions, "_perform_for_row", Dying("between-mails", 7))


def mail_unwritten() -> None:
    """The API, where everything of a mail is written and nothing is committed."""
    _after(step_actions, "_perform", Dying("mail-unwritten", 5))


def word_unwritten() -> None:
    """The worker, where the executor's word is written and not committed, in the middle of several."""
    _after(delivery_results, "apply", Dying("word-unwritten", 3))


def word_written() -> None:
    """A worker, where news is committed, before it looks for more."""
    _after(Reader, "_apply", Dying("word-written", 1))


def run_unwritten() -> None:
    """The worker, where a run that was due stands and is not committed."""
    _after(lifecycle, "start", Dying("run-unwritten", 1))


def run_written() -> None:
    """The worker, where a run that was due is committed, before the next one that is due."""
    _after(recurrences, "_start", Dying("run-written", 1))


def _after(owner: Any, name: str, act: Callable[[], None]) -> None:
    honest = getattr(owner, name)

    def whole(*told: Any, **facts: Any) -> Any:
        done = honest(*told, **facts)
        act()
        return done

    setattr(owner, name, whole)


def sound() -> None:
    """Nothing is broken."""


def delivery_made_anew() -> None:
    """Each order of a mail has an id of its own, whatever row it is for."""

    class Anew:
        named = staticmethod(lambda *_: ids.new_id())

    email.ids = Anew  # type: ignore[attr-defined]


def asked_afterwards() -> None:
    """The executor is asked in a second transaction, after that of the mail."""
    waiting: list[dict[str, Any]] = []
    honest, send_one = models.deliveries.ask_for_ai_task, step_actions._perform_for_row

    def sent(*told: Any) -> Any:
        item = send_one(*told)
        with models.feed.transaction():
            while waiting:
                honest(**waiting.pop())
        return item

    models.deliveries.ask_for_ai_task = lambda **values: waiting.append(values)  # type: ignore[attr-defined]
    step_actions._perform_for_row = sent


def word_uncounted() -> None:
    """What the executor says is written on the delivery, and not counted in the step."""

    class Uncounted:
        recount = staticmethod(lambda step: None)

    delivery_results.step_counts = Uncounted  # type: ignore[attr-defined]


def due_taken_afterwards() -> None:
    """A run that is due is started as a run of its own, and its due time is taken in a second transaction."""
    honest, start = models.recurrences.take, recurrences._start
    taken: list[tuple[Any, ...]] = []

    def started(*told: Any) -> bool:
        done = start(*told)
        with models.feed.transaction():
            while taken:
                honest(*taken.pop())
        return done

    class Anew:
        named = staticmethod(lambda *_: ids.new_id())

    models.recurrences.take = lambda *told: taken.append(told) or True  # type: ignore[attr-defined]
    recurrences.ids = Anew  # type: ignore[attr-defined]
    recurrences._start = started


POINTS: dict[str, Callable[[], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (never, between_mails, mail_unwritten, word_unwritten, word_written, run_unwritten, run_written)
}
BREAKS: dict[str, Callable[[], None]] = {
    one.__name__.replace("_", "-"): one
    for one in (sound, delivery_made_anew, asked_afterwards, word_uncounted, due_taken_afterwards)
}


def forget_all(home: Path) -> None:
    """Let every point kill anew."""
    for point in POINTS:
        for number in range(DEATHS):
            marker(home, point, number).unlink(missing_ok=True)


def words(service: str, word: str, point: str = "never", broken: str = "sound") -> tuple[str, ...]:
    """How such a process is started."""
    return ("-m", "tests.faults.dying", service, point, broken, word)


if __name__ == "__main__":
    context, point, broken, *rest = sys.argv[1:]
    POINTS[point]()
    BREAKS[broken]()
    sys.exit(service_main.main(import_module(f"services.{context}.app").CONTEXT, rest))
