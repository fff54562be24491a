from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.engine import FakePostProcessor, Screen, Thing, link
from packer_core.engine.postprocess import PostProcessed, PreparedPostProcess, post_process
from packer_sdk.cancel import CancelToken
from packer_sdk.components import Processed
from packer_sdk.errors import Cancelled, PackerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.interfaces import Artifact


def makes(
    new: Thing | None, *, keep: bool = False, force: bool = False
) -> Callable[[Artifact], Processed | None]:
    return lambda _: None if new is None else Processed(new, keep_input=keep, force_keep=force)


def fails(message: str = "no") -> Callable[[Artifact], Processed | None]:
    def fail(_: Artifact) -> Processed | None:
        raise PackerError(message, hint="look")

    return fail


def step(
    what: Callable[[Artifact], Processed | None], *, keep: bool | None = None, name: str = "pack"
) -> PreparedPostProcess:
    return PreparedPostProcess(link(name, keep_input=keep), FakePostProcessor(what))


def go(
    original: Thing, *chains: list[PreparedPostProcess], cancel: CancelToken | None = None
) -> PostProcessed:
    screen = Screen()
    return post_process(
        original, chains, lambda kind: screen.for_job("a", kind), cancel or CancelToken()
    )


def test_without_chains_the_original_is_the_result() -> None:
    original = Thing("o")
    assert go(original).artifacts == [original]


def test_a_replaced_original_is_destroyed_after_all_chains() -> None:
    original, new = Thing("o"), Thing("n")
    result = go(original, [step(makes(new))])
    assert result.artifacts == [new]
    assert original.destroyed


@pytest.mark.parametrize(
    ("plugin", "force", "user", "kept"),
    [
        (False, False, None, False),
        (True, False, None, True),
        (False, False, True, True),
        (True, False, False, False),
        (True, True, False, True),
        (False, True, False, False),
    ],
)
def test_keep_follows_user_before_plugin_unless_forced(
    plugin: bool, force: bool, user: bool | None, kept: bool
) -> None:
    original, new = Thing("o"), Thing("n")
    result = go(original, [step(makes(new, keep=plugin, force=force), keep=user)])
    assert result.artifacts == ([original, new] if kept else [new])
    assert original.destroyed is not kept


def test_the_original_is_kept_if_any_chain_keeps_it() -> None:
    original, one, two = Thing("o"), Thing("1"), Thing("2")
    result = go(original, [step(makes(one))], [step(makes(two, keep=True))])
    assert result.artifacts == [original, one, two]
    assert not original.destroyed


def test_an_intermediate_is_destroyed_at_once_unless_kept() -> None:
    original, one, two = Thing("o"), Thing("1"), Thing("2")
    result = go(original, [step(makes(one)), step(makes(two))])
    assert result.artifacts == [two]
    assert one.destroyed
    original, one, two = Thing("o"), Thing("1"), Thing("2")
    result = go(original, [step(makes(one)), step(makes(two), keep=True)])
    assert result.artifacts == [one, two]
    assert not one.destroyed


def test_every_chain_starts_from_the_original() -> None:
    original = Thing("o")
    first, second = step(makes(Thing("1"))), step(makes(Thing("2")))
    go(original, [first], [second])
    assert isinstance(second.face, FakePostProcessor)
    assert second.face.given == [original]


def test_a_failure_keeps_the_original_and_lets_other_chains_run() -> None:
    original, two = Thing("o"), Thing("2")
    result = go(original, [step(fails("boom"), name="zip")], [step(makes(two))])
    assert result.artifacts == [original, two]
    assert not original.destroyed
    assert [str(error) for error in result.errors] == ["post-processor zip failed: boom"]
    assert result.errors[0].hint == "look"


def test_a_failure_keeps_the_intermediate_it_was_given() -> None:
    original, one = Thing("o"), Thing("1")
    result = go(original, [step(makes(one)), step(fails())])
    assert result.artifacts == [one]
    assert not one.destroyed
    assert original.destroyed


def test_a_link_that_gives_nothing_ends_its_chain_and_costs_nothing() -> None:
    original = Thing("o")
    never = step(makes(Thing("n")))
    result = go(original, [step(makes(None)), never])
    assert result.artifacts == [original]
    assert not original.destroyed
    assert isinstance(never.face, FakePostProcessor)
    assert never.face.given == []
    assert result.errors == []


def test_an_artifact_handed_back_is_neither_doubled_nor_destroyed() -> None:
    original = Thing("o", files=("f",))
    result = go(original, [step(makes(Thing("o", files=("f",))))])
    assert [str(a) for a in result.artifacts] == ["thing o"]
    assert not original.destroyed
    result = go(original, [step(makes(Thing("o", files=("f",)), keep=True))])
    assert result.artifacts == [original]


def test_a_refused_destroy_is_an_error_and_not_a_loss() -> None:
    original, new = Thing("o", refuses="busy"), Thing("n")
    result = go(original, [step(makes(new))])
    assert result.artifacts == [new]
    assert "could not be deleted: busy" in str(result.errors[0])


def test_cancelled_before_a_chain_destroys_nothing() -> None:
    original, cancel = Thing("o"), CancelToken()
    cancel.cancel()
    result = go(original, [step(makes(Thing("n")))], cancel=cancel)
    assert result.cancelled
    assert result.artifacts == [original]
    assert not original.destroyed


def test_cancelled_within_a_link_keeps_what_it_was_given() -> None:
    def stop(_: Artifact) -> Processed | None:
        raise Cancelled

    original, one, cancel = Thing("o"), Thing("1"), CancelToken()
    result = go(original, [step(makes(one)), step(stop)], cancel=cancel)
    assert result.cancelled
    assert result.errors == []
    assert result.artifacts == [original, one]
    assert not original.destroyed


def test_an_error_after_the_cancellation_is_the_cancellation() -> None:
    cancel = CancelToken()

    def stop(_: Artifact) -> Processed | None:
        cancel.cancel()
        raise PackerError("interrupted")

    result = go(Thing("o"), [step(stop)], cancel=cancel)
    assert result.cancelled
    assert result.errors == []
