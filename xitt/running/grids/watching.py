"""What a grid shows while it is at work: what runs, what it has cost, when it will end.

A terminal gets a bar with a line for each notebook at work, below what notebooks say; a
log gets lines, ever more seldom, without control characters. Both are read off files
(records, and what notebooks leave while they are executed), so that a grid whose jobs
are on other machines shows the same.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

from xitt.running.grids import standing, workflow
from xitt.running.grids.standing import UnderWay
from xitt.study import data_source
from xitt.study.profiles import Profile
from xitt.study.run import Run
from xitt.training import machine

LOOK_S = 0.5  # between two looks at the files
LINE_S = (60.0, 600.0)  # between two lines of a log, at least and at most
SHARE = 0.1  # of the time so far, between two lines of a log
BAR = 60  # columns
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class View(NamedTuple):
    """A grid at one moment.

    done, total: of the runs that it has to make. elapsed, left: seconds; the latter is
    None where nothing foretells it, and below 0 where what is at work takes longer.
    hours: of devices, that were spent so far.
    """

    done: int
    total: int
    at_work: list[UnderWay]
    elapsed: float
    left: float | None
    hours: float


@dataclass
class Watch:
    """What is known of a grid beside its files.

    todo: the runs that it makes. shared: they share this machine, whose hours are
    spent; else each at work spends those of a device of its own. then: what is made
    of their records.
    """

    study: Profile
    todo: list[Run]
    jobs: int = 1
    shared: bool = True
    then: str = "figures, tables and paper"
    began: float = field(default_factory=time.monotonic)
    spent: float = 0.0  # seconds of devices
    looked: float = 0.0  # seconds after `began`, of the last look
    finished: int = 0
    pace: float = 0.0  # seconds by the clock for one that was foretold; 0: not known
    paced: float = 0.0  # when, as `looked`

    # For each run, what tells whether it is made: a record, or again a model.
    made: list[Callable[[], bool]] = field(init=False)

    def __post_init__(self) -> None:  # before any of them is made
        places = [run.encoder if run.done else run.record for run in self.todo]
        self.made = [place.exists for place in places]

    @cached_property
    def plan(self) -> workflow.Plan:
        return workflow.Plan(self.study)

    @cached_property
    def foretold(self) -> tuple[list[float], bool]:
        """What each run is foretold to take, and whether that is in seconds of here.

        Of other hardware, or of none, it says how runs compare with each other.
        """
        from xitt.running.planning import budget  # which needs pandas

        try:
            with data_source.unchanging():
                made = budget.Budget(self.study)
                seconds = made.seconds(self.todo)
        except Exception:  # a model that no hub describes, say: it stops no run
            return [1.0] * len(self.todo), False
        here = not self.shared or machine.processor() in made.where
        return [seconds[run.key] for run in self.todo], bool(made.recorded) and here

    def look(self, ended: bool = False) -> View:
        """The grid as it is now; of one that has ended nothing is foretold."""
        made = [there() for there in self.made]
        at_work = standing.under_way(self.plan)
        now = time.monotonic() - self.began
        since, self.looked = now - self.looked, now
        self.spent += since * (1 if self.shared else len(at_work))
        left = None if ended else self._left(made, now)
        hours = self.spent / 3600
        return View(sum(made), len(made), at_work, now, left, hours)

    def _left(self, made: list[bool], now: float) -> float | None:
        """Seconds until the last run is made, by how right it was of those before."""
        each, measured = self.foretold
        work = sum(cost for cost, there in zip(each, made) if there)
        rest = sum(each) - work
        if sum(made) > self.finished:
            self.finished = sum(made)
            self.pace, self.paced = now / max(work, 1e-9), now
        if self.pace:
            return rest * self.pace - (now - self.paced)
        return rest / self.jobs - now if measured else None


@contextmanager
def shown(watch: Watch, said: Path, price: float = 0.0) -> Iterator[Callable[[], None]]:
    """Show a grid where it is watched; what is yielded is called now and then.

    said: the file that its notebooks write to. price: of an hour of a device.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    bar = console.is_terminal and not console.is_dumb_terminal
    way = _bar if bar and os.environ.get("XITT_PROGRESS") != "0" else _lines
    with open(said, encoding="utf-8", errors="replace", newline="") as words:
        lines = _Lines(words)
        try:
            with way(console, watch, lines, price) as look:
                yield look
        finally:
            for line in lines.new(end=True):
                print(line)
            if watch.todo:
                view = watch.look(ended=True)
                print(f"{clock()} {_told(watch, view, price, ended=True)}")
            sys.stdout.flush()


@contextmanager
def _bar(console: Any, watch: Watch, lines: _Lines, price: float) -> Iterator[Any]:
    """A bar and the notebooks at work, drawn anew below what notebooks say."""
    from rich.live import Live

    with Live(console=console, auto_refresh=False, transient=True) as live:

        def look() -> None:
            for line in lines.new():
                console.print(line)
            live.update(drawn(watch, watch.look(), price), refresh=True)

        yield look


@contextmanager
def _lines(console: Any, watch: Watch, lines: _Lines, price: float) -> Iterator[Any]:
    """What notebooks say, and now and then a line on the whole."""
    told = 0.0

    def look() -> None:
        nonlocal told
        for line in lines.new():
            print(line, flush=True)
        elapsed = time.monotonic() - watch.began
        least, most = LINE_S
        if elapsed - told >= max(least, min(most, SHARE * elapsed)):
            told = elapsed
            print(f"{clock()} {_told(watch, watch.look(), price)}", flush=True)

    yield look


@dataclass
class _Lines:
    """The lines of a file that grows, without what steers a terminal."""

    words: IO[str]
    rest: str = ""

    def new(self, end: bool = False) -> Iterator[str]:
        """Those that came since the last time; end: one that is not whole, too."""
        *whole, self.rest = (self.rest + self.words.read()).split("\n")
        if end:
            whole, self.rest = [*whole, *filter(None, [self.rest])], ""
        for line in whole:
            yield CONTROL.sub("", line.rstrip("\r").rpartition("\r")[2])


def drawn(watch: Watch, view: View, price: float = 0.0) -> Any:
    """A view for a terminal, as `rich` draws it: how far, a bar, what is at work."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    table = Table.grid()
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_row(_state(watch, view, price))
    table.add_row(ProgressBar(max(1, view.total), view.done, width=BAR))
    for each in view.at_work:
        table.add_row(f"  {each.line}", style="dim")
    return table


def _told(watch: Watch, view: View, price: float, ended: bool = False) -> str:
    """A view as one line of a log."""
    runs = "" if ended else "".join(f"; {each.line}" for each in view.at_work)
    return _state(watch, view, price, ended) + runs


def _state(watch: Watch, view: View, price: float, ended: bool = False) -> str:
    """How far, what it has cost, and when it will end."""
    said = [f"{view.done} of {view.total} runs"] if view.total else []
    said.append(f"in {span(view.elapsed)}" if ended else f"{span(view.elapsed)} so far")
    if not watch.shared:
        said.append(f"{view.hours:,.2f} device hours")
    if price:
        said.append(f"{view.hours * price:,.2f} spent")
    if not ended and view.done == view.total:
        said += [f"now {watch.then}"] if watch.then else []
    elif not ended and view.left is not None:
        said.append(_left(view.left))
    return f"{watch.study['name']}: {', '.join(said)}"


def _left(seconds: float) -> str:
    if seconds < 0:
        return "longer than foretold"
    if seconds < 60:
        return "less than a minute left"
    return f"about {span(60 * round(seconds / 60))} left (until {_until(seconds)})"


def span(seconds: float) -> str:
    """A time in its two largest units: `40 s`, `5 min 2 s`, `3 h 10 min`, `2 d 4 h`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((at for at, (number, _) in enumerate(units) if number), 3)
    shown = units[first : first + 2]
    return " ".join(f"{n} {unit}" for n, unit in shown if n) or "0 s"


def clock() -> str:
    """The time of day, as lines of a log begin."""
    return time.strftime("%H:%M:%S")


def _until(seconds: float) -> str:
    """The time by the clock in so many seconds, with the day where it is another."""
    end, now = time.localtime(time.time() + seconds), time.localtime()
    same = (end.tm_year, end.tm_yday) == (now.tm_year, now.tm_yday)
    return time.strftime("%H:%M" if same else "%a %d %b, %H:%M", end)
