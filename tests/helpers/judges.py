"""Using tests/peers/go/driver: HashiCorp's core, played by a program on HashiCorp's SDK."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

KINDS = ("builder", "provisioner", "post-processor", "datasource")


@dataclass(frozen=True)
class Pair:
    """A core and a plugin that are about to meet.

    Attributes:
        driver: Plays core.
        plugin: `packer-plugin-peer`, in whatever language.
        language: `go` or `python`: what the plugin is made with.
        protobuf: What they speak; or else gob.
    """

    driver: Path
    plugin: Path
    language: str
    protobuf: bool

    def request(self, kind: str = "builder", **further: object) -> dict[str, object]:
        """Say what shall happen; the words are those of driver/request.go."""
        return {"plugin": [str(self.plugin)], "kind": kind, "protobuf": self.protobuf, **further}

    def run(self, kind: str = "builder", **further: object) -> Facts:
        """Have it happen, with options in a plain map under `raw`, or in HCL under `hcl`."""
        for form in ("raw", "hcl"):
            if form in further:
                further["configs"] = [{form: further.pop(form)}]
        return Facts(drive(self.driver, "run", self.request(kind, **further)))

    def rounds(
        self, configs: Sequence[dict[str, Any]], kind: str = "builder", **further: object
    ) -> list[Facts]:
        """Have it happen again and again in one process, with one configuration after another."""
        facts = self.run(kind, rounds=[[config] for config in configs], **further)
        assert facts.errors == {}
        assert facts.ended_well()
        return [Facts(each) for each in facts["rounds"]]


def drive(driver: Path, scenario: str, request: dict[str, object]) -> dict[str, Any]:
    """Run the driver and read what it found."""
    done = subprocess.run(
        [driver, scenario],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


class Idling:
    """A connection that nobody uses for a while, beside everything else that is tested."""

    def __init__(self, driver: Path, plugin: Path, milliseconds: int, there: Path) -> None:
        options = {"prepare_steps": [f"mark {there}"], "steps": ["provision", "say still here"]}
        configs = [{"raw": options}]
        request = {"plugin": [str(plugin)], "configs": configs, "idle_ms": milliseconds}
        self._process = subprocess.Popen(
            [driver, "run", json.dumps(request)], stdout=subprocess.PIPE, text=True
        )
        # The first test must find the plugin's process there already, to see that it left none.
        deadline = time.monotonic() + 30
        while not there.exists() and time.monotonic() < deadline:
            time.sleep(0.01)

    def facts(self) -> Facts:
        """Wait for the end."""
        text, _ = self._process.communicate(timeout=150)
        return Facts(json.loads(text))

    def close(self) -> None:
        """End it if nobody waited."""
        self._process.kill()
        self._process.communicate()


class Facts:
    """What happened."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.all = facts

    def __repr__(self) -> str:
        return f"Facts({json.dumps({**self.all, 'spec': '…'}, indent=1)})"

    def __getitem__(self, name: str) -> Any:
        assert name in self.all, f"no {name} in {self}"
        return self.all[name]

    def get(self, name: str) -> Any:
        """One fact, None if it did not happen."""
        return self.all.get(name)

    @property
    def errors(self) -> dict[str, str]:
        """Everything that failed."""
        return {name: text for name, text in self.all.items() if name.endswith("error")}

    @property
    def events(self) -> list[list[Any]]:
        """What the plugin told its user."""
        return list(self["events"])

    def said(self) -> list[str]:
        """The lines among it."""
        return [event[1] for event in self.events if event[0] == "say"]

    def records(self, category: str) -> list[list[str]]:
        """The records for programs of one category."""
        return [event[2:] for event in self.events if event[:2] == ["machine", category]]

    def record(self, category: str) -> Any:
        """The only record of a category, which is JSON."""
        ((text,),) = self.records(category)
        return json.loads(text)

    def ended_well(self) -> bool:
        """Whether the process ended by itself when core was gone, and printed nothing stray."""
        end = self["end"]
        return (end["status"], end["had_to_be_killed"], end["stray"]) == (0, False, "")
