from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from helpers.engine import Screen
from packer_core.events.model import OutputLine, ProgressMoved
from packer_core.events.monitor import SILENT, Monitor
from packer_core.ui.decorate import BuildUis
from packer_core.ui.noted import NotedUi, noted

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from packer_core.events.model import Event
    from packer_sdk.interfaces import Progress


class Notebook:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def notice(self, event: Event) -> None:
        self.events.append(event)


class Bars(Screen):
    """A screen with one bar."""

    moved = 0

    def add(self, count: int) -> None:
        self.moved += count

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        return nullcontext(self)


def test_what_is_shown_is_told_and_shown() -> None:
    screen, notebook = Screen(), Notebook()
    ui = NotedUi(screen, Monitor(notebook), "a", "compress")
    ui.say("one")
    ui.error("two")
    assert ui.ask("three?") == ""
    ui.machine("four", "4")
    assert [how for _, how, _ in screen.lines] == ["say", "error", "ask", "machine"]
    assert notebook.events == [
        OutputLine(build="a", post_processor="compress", stream=stream, text=text)  # type: ignore[arg-type]
        for stream, text in (("say", "one"), ("error", "two"), ("ask", "three?"))
    ]


def test_a_bar_is_told_at_its_ends_and_now_and_again() -> None:
    screen, notebook = Bars(), Notebook()
    with NotedUi(screen, Monitor(notebook), "a").progress("copy", total=100, current=5) as bar:
        for _ in range(50):
            bar.add(1)
    assert screen.moved == 50

    def moved(current: int, *, done: bool) -> ProgressMoved:
        return ProgressMoved(
            build="a", label="copy", current_bytes=current, total_bytes=100, done=done
        )

    assert notebook.events[0] == moved(5, done=False)
    assert notebook.events[-1] == moved(55, done=True)
    assert len(notebook.events) < 10


def test_with_nobody_listening_there_is_nothing_in_between() -> None:
    screen = Screen()
    assert noted(screen, SILENT) is screen
    assert not isinstance(BuildUis(screen, color=False)("a"), NotedUi)


def test_a_build_is_told_without_colours_and_names() -> None:
    screen, notebook = Screen(), Notebook()
    BuildUis(screen, color=True, monitor=Monitor(notebook))("a").say("hello")
    assert screen.said() == ["\x1b[1;32m==> a: hello\x1b[0m"]
    assert notebook.events == [OutputLine(build="a", stream="say", text="hello")]
