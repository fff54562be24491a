from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from helpers.engine import (
    FakeBuilder,
    FakeCatalog,
    FakeFleet,
    FakePostProcessor,
    FakeProvisioner,
    Screen,
    Thing,
    link,
    place,
    provision,
    source,
    template,
)
from packer_core.diagnostics import Diagnostic
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.configuring import configuring
from packer_core.engine.job import run_job
from packer_core.engine.plan import plan
from packer_core.engine.prepare import PreparedJob, RefusedJob, prepare
from packer_core.errors import TemplateError
from packer_sdk.cancel import CancelToken
from packer_sdk.cty.values import Value, implied
from packer_sdk.wire.specs import ObjectSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.template.model import Source, Template

CATALOG = FakeCatalog("builder:maker", "provisioner:install", "post-processor:pack")


@dataclass
class FakeWritten:
    """Options that are what they are asked with."""

    text: str
    refuses: bool = False
    asked: list[tuple[ObjectSpec, str, Mapping[str, object] | None]] = field(default_factory=list)

    def given(
        self, spec: ObjectSpec, source: Source, build: Mapping[str, object] | None = None
    ) -> Value:
        self.asked.append((spec, source.name, build))
        if self.refuses:
            raise TemplateError([Diagnostic("wrong", place(7))])
        return implied({"text": self.text, "id": (build or {}).get("ID")})


class FakeSpecs:
    def config_spec(self, kind: str, name: str) -> ObjectSpec:
        return ObjectSpec({})


def typed(**refuses: bool) -> Template:
    """A template of every kind of component, as HCL2 makes them."""
    return template(
        source("a", written=FakeWritten("build", refuses.get("maker", False)), local_name="l"),
        provisions=(provision(written=FakeWritten("install", refuses.get("install", False))),),
        chains=((link(written=FakeWritten("pack")),),),
        language="hcl2",
    )


def go(of: Template, fleet: FakeFleet) -> PreparedJob | RefusedJob:
    jobs = plan(of, CATALOG, Choice())
    (job,) = prepare(jobs, of, BuildFlags(debug=True), fleet, specs=FakeSpecs())
    return job


def test_every_component_gets_its_configs_in_the_order_of_the_protocol() -> None:
    builder = FakeBuilder(generated=("Disk",))
    install, pack = FakeProvisioner(), FakePostProcessor()
    job = go(typed(), FakeFleet(maker=builder, install=install, pack=pack))
    assert isinstance(job, PreparedJob)
    internal, value = builder.configs
    assert isinstance(internal, dict)
    assert internal["packer_build_name"] == "a"
    assert internal["packer_debug"] == "true"
    assert internal["packer_force"] == "false"
    assert not {"packer_sensitive_variables", "packer_user_variables"} & internal.keys()
    assert value == implied({"text": "build", "id": None})
    internal, value, override = install.configs
    assert isinstance(internal, dict)
    assert internal["packer_sensitive_variables"] == []
    assert value == implied({"text": "install", "id": "<unknown>"})
    assert override is None
    assert pack.configs[1] == implied({"text": "pack", "id": "<unknown>"})


def test_values_of_the_build_are_not_known_while_it_is_prepared() -> None:
    whole = typed()
    fleet = FakeFleet(
        maker=FakeBuilder(generated=("Disk",)), install=FakeProvisioner(), pack=FakePostProcessor()
    )
    go(whole, fleet)
    written = whole.provisions[0].written
    assert isinstance(written, FakeWritten)
    ((_, _, build),) = written.asked
    assert build is not None
    assert {build["Disk"], build["Host"]} == {"<unknown>"}
    builders = whole.sources[0].written
    assert isinstance(builders, FakeWritten)
    assert builders.asked[0][2] is None


def test_override_comes_last() -> None:
    install = FakeProvisioner()
    whole = template(
        source("a", written=FakeWritten("build"), local_name="l"),
        provisions=(provision(written=FakeWritten("x"), override={"l": {"y": 1}}),),
        language="hcl2",
    )
    go(whole, FakeFleet(maker=FakeBuilder(), install=install))
    assert install.configs[2] == {"y": 1}


def test_every_option_that_is_wrong_is_told_with_its_place() -> None:
    fleet = FakeFleet(maker=FakeBuilder(), install=FakeProvisioner(), pack=FakePostProcessor())
    job = go(typed(maker=True, install=True), fleet)
    assert isinstance(job, RefusedJob)
    assert [error.diagnostics[0].place for error in job.errors if isinstance(error, TemplateError)]
    assert len(job.errors) == 2


class Carrying(Thing):
    """An artifact that carries the values of its build."""

    def state(self, name: str) -> object:
        return {"ID": "from the artifact"} if name == "generated_data" else None


@pytest.mark.parametrize(
    ("artifact", "known"), [(Carrying("1"), "from the artifact"), (Thing("1"), "<unknown>")]
)
def test_steps_are_configured_again_with_the_values_of_the_build(
    artifact: Thing, known: str, screen: Screen
) -> None:
    install, pack = FakeProvisioner(), FakePostProcessor()
    fleet = FakeFleet(maker=FakeBuilder(artifact=artifact), install=install, pack=pack)
    job = go(typed(), fleet)
    assert isinstance(job, PreparedJob)
    outcome = run_job(job, screen.for_job, CancelToken())
    assert outcome.succeeded
    assert install.configs[1] == implied({"text": "install", "id": "i-1"})
    assert pack.configs[1] == implied({"text": "pack", "id": known})


def test_schemas_are_needed() -> None:
    whole = typed()
    with pytest.raises(AssertionError, match="needs schemas"):
        configuring(whole, whole.sources[0], BuildFlags(), None)
