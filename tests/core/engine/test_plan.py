from __future__ import annotations

import pytest

from helpers.engine import FakeCatalog, link, provision, source, template
from packer_core.engine.choice import Choice
from packer_core.engine.plan import plan, unknown_choices
from packer_core.errors import TemplateError
from packer_core.template.model import Selection
from packer_sdk.errors import PackerError

CATALOG = FakeCatalog("builder:maker", "provisioner:install", "post-processor:pack")


def test_plan_makes_a_job_for_every_source_in_order() -> None:
    jobs = plan(template(source("b"), source("a")), CATALOG, Choice())
    assert [job.name for job in jobs] == ["maker.b", "maker.a"]
    assert jobs[0].builder.name == "maker"


def test_plan_builds_only_what_was_chosen() -> None:
    two = template(source("a"), source("b"))
    assert [job.name for job in plan(two, CATALOG, Choice(only=("b",)))] == ["maker.b"]
    assert [job.name for job in plan(two, CATALOG, Choice(except_=("b",)))] == ["maker.a"]


def test_plan_refuses_a_choice_that_leaves_nothing_and_names_what_there_is() -> None:
    with pytest.raises(PackerError, match="no builds to run: -only=c") as caught:
        plan(template(source("a"), source("b")), CATALOG, Choice(only=("c",)))
    assert caught.value.hint == "the builds of this template are: a, b"


def test_plan_names_every_missing_component_once_for_each_place() -> None:
    lacking = template(
        source("a", "amker"),
        source("b", "amker"),
        provisions=(provision("instal"),),
        chains=((link("pakc"),),),
    )
    with pytest.raises(TemplateError) as caught:
        plan(lacking, FakeCatalog(), Choice())
    # Both sources stand in line 1, which is told once.
    assert [str(diagnostic) for diagnostic in caught.value.diagnostics] == [
        "t.json:1:1: no builder named amker",
        "t.json:2:1: no provisioner named instal",
        "t.json:3:1: no post-processor named pakc",
    ]
    assert caught.value.diagnostics[0].hint == "install it"


def test_plan_leaves_out_provisioners_that_are_for_other_sources() -> None:
    jobs = plan(
        template(
            source("a"),
            source("b"),
            provisions=(
                provision(selection=Selection(only=("a",))),
                provision(selection=Selection(except_=("a",))),
                provision(),
            ),
        ),
        CATALOG,
        Choice(),
    )
    assert [len(job.provisions) for job in jobs] == [2, 2]
    assert jobs[0].provisions[0].provision.selection.only == ("a",)
    assert jobs[1].provisions[0].provision.selection.except_ == ("a",)


def test_plan_puts_the_override_of_a_source_behind_its_options() -> None:
    both = template(
        source("a"),
        source("b"),
        provisions=(provision(options={"x": 1}, override={"a": {"x": 2}}),),
    )
    first, second = plan(both, CATALOG, Choice())
    assert first.provisions[0].options == ({"x": 1}, {"x": 2})
    assert second.provisions[0].options == ({"x": 1},)


def test_plan_cuts_a_chain_at_a_post_processor_that_is_excepted() -> None:
    chained = template(chains=((link(name="one"), link(name="two"), link(name="three")),))
    (job,) = plan(chained, CATALOG, Choice(except_=("two",)))
    assert [[step.post_process.name for step in chain] for chain in job.chains] == [["one"]]


def test_plan_drops_a_chain_of_which_nothing_is_left() -> None:
    chained = template(chains=((link(name="one"),), (link(name="two"),)))
    (job,) = plan(chained, CATALOG, Choice(except_=("one",)))
    assert [[step.post_process.name for step in chain] for chain in job.chains] == [["two"]]


def test_plan_gives_every_job_the_error_cleanup() -> None:
    jobs = plan(template(source("a"), error_cleanup=provision(options={"x": 1})), CATALOG, Choice())
    assert jobs[0].error_cleanup is not None
    assert jobs[0].error_cleanup.options == ({"x": 1},)


def test_unknown_choices_are_names_that_match_no_source_and_no_post_processor() -> None:
    both = template(source("a"), chains=((link(name="zip"),),))
    choice = Choice(only=("a", "zip", "x"), except_=("zip", "y", "x"))
    assert unknown_choices(both, choice) == ("zip", "x", "y")


def test_plan_tells_the_new_name_of_a_builder_that_is_missing_under_its_old_one() -> None:
    with pytest.raises(TemplateError) as caught:
        plan(template(source("a", "vmware")), CATALOG, Choice())
    (missing,) = caught.value.diagnostics
    assert (missing.hint or "").startswith("it is called vmware-iso now; packer fix TEMPLATE")
