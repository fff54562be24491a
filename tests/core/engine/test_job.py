from __future__ import annotations

from helpers.engine import (
    FakeBuilder,
    FakePostProcessor,
    FakeProvisioner,
    Screen,
    Thing,
    link,
    named,
    provision,
    source,
)
from packer_core.engine.job import run_job
from packer_core.engine.plan import Job
from packer_core.engine.postprocess import PreparedPostProcess
from packer_core.engine.prepare import PreparedJob
from packer_core.engine.provision import PreparedProvision
from packer_sdk.cancel import CancelToken
from packer_sdk.components import Processed
from packer_sdk.errors import Cancelled, PackerError, RemoteError


def prepared(builder: FakeBuilder, **parts: object) -> PreparedJob:
    job = Job(source=source("a"), builder=named("builder", "maker"))
    return PreparedJob(job=job, builder=builder, **parts)  # type: ignore[arg-type]


def test_job_builds_provisions_and_post_processes(screen: Screen) -> None:
    machine, image, packed = FakeProvisioner(), Thing("image"), Thing("packed")
    job = prepared(
        FakeBuilder(artifact=image),
        provisions=(PreparedProvision(provision(), machine),),
        chains=((PreparedPostProcess(link(), FakePostProcessor(lambda _: Processed(packed))),),),
    )
    outcome = run_job(job, screen.for_job, CancelToken())
    assert outcome.succeeded
    assert outcome.job == "maker.a"
    assert [str(artifact) for artifact in outcome.artifacts] == [str(packed)]
    assert machine.calls == [{"ID": "i-1"}]
    assert screen.said("maker.a") == ["Running post-processor: pack"]


def test_job_without_an_artifact_is_a_success_and_runs_no_post_processor(screen: Screen) -> None:
    last = FakePostProcessor()
    job = prepared(FakeBuilder(), chains=((PreparedPostProcess(link(), last),),))
    outcome = run_job(job, screen.for_job, CancelToken())
    assert outcome.succeeded
    assert outcome.artifacts == ()
    assert last.given == []


def test_job_that_fails_has_an_error_and_no_artifacts(screen: Screen) -> None:
    outcome = run_job(
        prepared(FakeBuilder(Thing("x"), fails=PackerError("disk full"))),
        screen.for_job,
        CancelToken(),
    )
    assert not outcome.succeeded
    assert [str(error) for error in outcome.errors] == ["disk full"]


def test_job_tells_a_provisioner_failure_with_its_hint_though_the_builder_lost_it(
    screen: Screen,
) -> None:
    failing = FakeProvisioner(failures=[PackerError("exit status 3", hint="see the script")])
    relay = FakeBuilder(rewords=lambda error: RemoteError(str(error)))
    job = prepared(relay, provisions=(PreparedProvision(provision(), failing),))
    outcome = run_job(job, screen.for_job, CancelToken())
    assert outcome.errors[0].hint == "see the script"


def test_job_keeps_what_the_builder_adds_to_a_provisioner_failure(screen: Screen) -> None:
    failing = FakeProvisioner(failures=[PackerError("exit status 3", hint="see the script")])
    adding = FakeBuilder(rewords=lambda error: RemoteError(f"{error}\nand the clean-up failed"))
    job = prepared(adding, provisions=(PreparedProvision(provision(), failing),))
    (error,) = run_job(job, screen.for_job, CancelToken()).errors
    assert str(error) == "exit status 3\nand the clean-up failed"
    assert error.hint == "see the script"


def test_job_keeps_the_builders_own_words_if_they_say_something_else(screen: Screen) -> None:
    failing = FakeProvisioner(failures=[PackerError("exit status 3")])
    rewording = FakeBuilder(rewords=lambda _: RemoteError("machine lost"))
    job = prepared(rewording, provisions=(PreparedProvision(provision(), failing),))
    assert str(run_job(job, screen.for_job, CancelToken()).errors[0]) == "machine lost"


def test_job_cancelled_before_it_starts_does_not_build(screen: Screen) -> None:
    cancel, built = CancelToken(), []
    cancel.cancel()
    outcome = run_job(prepared(FakeBuilder(work=lambda _: built.append(1))), screen.for_job, cancel)
    assert outcome.cancelled
    assert built == []


def test_job_cancelled_while_building_is_cancelled_whatever_the_builder_says(
    screen: Screen,
) -> None:
    cancel = CancelToken()
    for error in (Cancelled(), RemoteError("context canceled")):
        builder = FakeBuilder(work=lambda _: cancel.cancel(), fails=error)
        outcome = run_job(prepared(builder), screen.for_job, cancel)
        assert outcome.cancelled
        assert outcome.errors == ()


def test_job_cancelled_after_the_build_skips_post_processors_and_keeps_the_artifact(
    screen: Screen,
) -> None:
    cancel, image, last = CancelToken(), Thing("image"), FakePostProcessor()
    job = prepared(
        FakeBuilder(artifact=image, work=lambda _: cancel.cancel()),
        chains=((PreparedPostProcess(link(), last),),),
    )
    outcome = run_job(job, screen.for_job, cancel)
    assert outcome.cancelled
    assert [str(artifact) for artifact in outcome.artifacts] == [str(image)]
    assert last.given == []
    assert not image.destroyed


def test_a_bug_costs_its_job_and_says_so(screen: Screen) -> None:
    def trip(_: CancelToken) -> None:
        raise KeyError("x")

    outcome = run_job(prepared(FakeBuilder(work=trip)), screen.for_job, CancelToken())
    assert [error.reference for error in outcome.errors] == ["bug"]


def test_an_artifact_that_cannot_be_described_is_an_error_of_its_job(screen: Screen) -> None:
    class Mute(Thing):
        def __str__(self) -> str:
            raise RemoteError("it is a secret")

    outcome = run_job(prepared(FakeBuilder(Mute("x"))), screen.for_job, CancelToken())
    assert [str(error) for error in outcome.errors] == [
        "there is an artifact that cannot be described: it is a secret"
    ]
    assert len(outcome.artifacts) == 1
