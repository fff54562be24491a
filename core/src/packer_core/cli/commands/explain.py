"""``packer explain``: what happened in a run, told from its events."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch
from packer_core.cli.render import visible
from packer_core.events.reading import find_run, read_events
from packer_core.events.story import tell
from packer_core.events.text import story_text
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.events.story import Story

SCHEMA = 1
"""Version of what ``-json`` prints."""


@dataclass(frozen=True, kw_only=True)
class ExplainOptions:
    """What the command line says."""

    run: str = ""
    html: str = ""
    json: bool = False


def run(app: App, options: ExplainOptions) -> int:
    """Find the run, read it, show it."""
    story = tell(read_events(_find(app, options.run)))
    if options.html:
        _write_page(options.html, story)
    if options.json:
        app.ui.say(json.dumps({"schema": SCHEMA, **asdict(story)}, indent=2))
    elif options.html:
        app.ui.say(f"Written: {options.html}")
    else:
        app.ui.say(visible(story_text(story)))
    return 0


def _find(app: App, wanted: str) -> Path:
    path = Path(wanted)
    return path if wanted and path.exists() else find_run(app.paths.runs, wanted)


def _write_page(path: str, story: Story) -> None:
    from packer_core.events.page import story_page  # noqa: PLC0415 - few ask for it

    try:
        Path(path).write_text(story_page(story), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise PackerError(
            f"page cannot be written: {path}: {error.strerror}",
            hint="name a file in a folder that exists",
            reference="page-unwritable",
        ) from error


COMMAND = Command(
    "explain",
    "Tell what happened in a run",
    description="RUN is the path of an event file, or the beginning of the id of one of the last"
    " builds; without it, the last build is explained.",
    parameters=(
        click.Option(
            ["-html", "html"],
            default="",
            metavar="PATH",
            help="Write a page for browsers instead: one file that needs no other.",
        ),
        Switch(["-json", "json"], help="Print everything as JSON."),
        click.Argument(["run"], metavar="[RUN]", required=False, default=""),
    ),
    options=ExplainOptions,
    run=run,
)
