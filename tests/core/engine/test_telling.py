from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.engine import (
    FakeBuilder,
    FakeCatalog,
    FakeFleet,
    FakePostProcessor,
    FakeProvisioner,
    Screen,
    Thing,
    link,
    provision,
    source,
    template,
)
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.engine.prepare import PreparedJob, prepare
from packer_core.engine.scheduler import run
from packer_core.events.monitor import Monitor
from packer_sdk.cancel import CancelToken
from packer_sdk.components import Processed
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.events.model import Event

CATALOG = FakeCatalog("builder:maker", "provisioner:install", "post-processor:pack")


class Notebook:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def notice(self, event: Event) -> None:
        self.events.append(event)

    def words(self) -> list[str]:
        """Each event in a few words."""
        names = ("method", "attempt", "result", "id", "reference", "error")
        return [
            " ".join(
                [event.type, *(str(getattr(event, n)) for n in names if getattr(event, n, None))]
            )
            for event in self.events
        ]


def told(fleet: FakeFleet, *, cancelled: bool = False) -> list[str]:
    """What is told of a job with everything in it."""
    text = template(
        source(), provisions=(provision(max_retries=1, pause_before_s=0.001),), chains=((link(),),)
    )
    notebook = Notebook()
    monitor = Monitor(notebook)
    jobs = plan(text, CATALOG, Choice())
    prepared = prepare(jobs, text, BuildFlags(), fleet, monitor)
    cancel = CancelToken()
    if cancelled:
        cancel.cancel()
    ready = [one for one in prepared if isinstance(one, PreparedJob)]
    run(ready, Screen().for_job, cancel, monitor=monitor)
    return notebook.words()


def fleet(**faces: object) -> FakeFleet:
    made = {
        "maker": FakeBuilder(Thing("built")),
        "install": FakeProvisioner(),
        "pack": FakePostProcessor(lambda _: Processed(Thing("packed"))),
    }
    return FakeFleet(**{**made, **faces})


PREPARED = ["component-prepared"] * 3


def test_a_job_is_told_from_its_start_to_its_end() -> None:
    assert told(fleet()) == [
        *PREPARED,
        "build-started",
        "call-started Hook",
        "provisioner-paused",
        "provisioner-started 1",
        "provisioner-finished 1",
        "call-finished Hook succeeded",
        "artifact-made built",
        "artifact-made packed",
        "call-started Destroy",
        "call-finished Destroy succeeded",
        "artifact-destroyed built",
        "artifact-kept packed",
        "build-finished succeeded",
    ]


def test_a_retry_is_told_with_its_reason() -> None:
    words = told(fleet(install=FakeProvisioner([PackerError("bad luck")])))
    assert [word for word in words if word.startswith("provisioner-")] == [
        "provisioner-paused",
        "provisioner-started 1",
        "provisioner-finished 1 bad luck",
        "provisioner-paused",
        "provisioner-started 2",
        "provisioner-finished 2",
    ]


def test_a_failure_is_told_before_the_end_of_its_build() -> None:
    words = told(fleet(maker=FakeBuilder(fails=PackerError("no", reference="no-luck"))))
    assert words[-2:] == ["error no-luck", "build-finished failed"]


def test_a_refusal_is_told_with_its_errors() -> None:
    words = told(fleet(install=FakeProvisioner(refuses=PackerError("no"))))
    assert words == [*PREPARED[:2], "error configuration-refused", "build-refused"]


def test_a_job_that_never_began_is_told_so() -> None:
    assert told(fleet(), cancelled=True) == [*PREPARED, "build-finished not-started"]


def test_nobody_needs_to_listen() -> None:
    text = template(source(), provisions=(provision(),))
    jobs = plan(text, CATALOG, Choice())
    ready = prepare(jobs, text, BuildFlags(), fleet())
    assert isinstance(ready[0], PreparedJob)
    [outcome] = run([ready[0]], Screen().for_job, CancelToken())
    assert outcome.succeeded
