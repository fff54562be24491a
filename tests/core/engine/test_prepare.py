from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.engine import (
    FakeBuilder,
    FakeCatalog,
    FakeFleet,
    FakePostProcessor,
    FakeProvisioner,
    link,
    provision,
    source,
    template,
)
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.engine.prepare import PreparedJob, RefusedJob, prepare
from packer_core.errors import ComponentRefused, PluginStartError
from packer_sdk.errors import RemoteError

if TYPE_CHECKING:
    from packer_core.template.model import Template

CATALOG = FakeCatalog(
    "builder:maker",
    "builder:other",
    "provisioner:install",
    "provisioner:tidy",
    "post-processor:pack",
)


def go(of: Template, fleet: FakeFleet) -> list[PreparedJob | RefusedJob]:
    return prepare(plan(of, CATALOG, Choice()), of, BuildFlags(), fleet)


def test_prepare_gives_every_component_its_configs_in_the_order_of_the_protocol() -> None:
    builder = FakeBuilder(generated=("Disk",), warnings=("old option",))
    install, tidy, pack = FakeProvisioner(), FakeProvisioner(), FakePostProcessor()
    whole = template(
        source("a", "maker", size=1),
        provisions=(provision(options={"x": 1}, override={"a": {"x": 2}}),),
        chains=((link(options={"level": 9}),),),
        error_cleanup=provision("tidy", options={"y": 1}),
    )
    (job,) = go(whole, FakeFleet(maker=builder, install=install, tidy=tidy, pack=pack))
    assert isinstance(job, PreparedJob)
    assert job.warnings == ("old option",)
    assert builder.configs[0] == {"size": 1}
    assert "packer_user_variables" in builder.configs[1]  # type: ignore[operator]
    assert list(install.configs)[:2] == [{"x": 1}, {"x": 2}]
    assert "Disk" in install.configs[3]  # type: ignore[operator]
    assert pack.configs[0] == {"level": 9}
    assert tidy.configs[0] == {"y": 1}
    assert job.error_cleanup is not None


def test_prepare_gathers_every_refusal_of_a_job_and_spares_the_others() -> None:
    fleet = FakeFleet(
        maker=FakeBuilder(refuses=RemoteError("size: is missing")),
        other=FakeBuilder(),
        install=FakeProvisioner(refuses=RemoteError("one\ntwo")),
    )
    refused, ready = go(
        template(source("a"), source("b", "other"), provisions=(provision(),)), fleet
    )
    assert isinstance(refused, RefusedJob)
    assert [str(error) for error in refused.errors] == [
        "builder maker: size: is missing",
        "provisioner install:\none\ntwo",
    ]
    assert isinstance(ready, RefusedJob)  # the provisioner is refused there as well
    assert [str(error) for error in ready.errors] == ["provisioner install:\none\ntwo"]


def test_prepare_tells_of_a_process_that_does_not_come_up_in_its_own_words() -> None:
    error = PluginStartError("packer-builder-maker said nothing", last_lines=["help"])
    (refused,) = go(template(), FakeFleet(maker=error))
    assert isinstance(refused, RefusedJob)
    assert refused.errors == (error,)


def test_prepare_starts_a_component_for_every_place_that_names_it() -> None:
    fleet = FakeFleet(maker=FakeBuilder(), install=FakeProvisioner())
    go(template(source("a"), source("b"), provisions=(provision(), provision())), fleet)
    assert sorted(fleet.started) == sorted(
        [("maker", f"maker.{name}") for name in "ab"]
        + [("install", f"maker.{name}") for name in "aabb"]
    )


def test_prepare_knows_which_refused_options_have_a_new_name() -> None:
    error = RemoteError("ssh_key_path: unknown option")
    whole = template(source("a", "maker", ssh_key_path="k", size=1))
    (job,) = go(whole, FakeFleet(maker=FakeBuilder(refuses=error)))
    assert isinstance(job, RefusedJob)
    (refusal,) = job.errors
    assert isinstance(refusal, ComponentRefused)
    assert refusal.outdated == {"ssh_key_path"}
