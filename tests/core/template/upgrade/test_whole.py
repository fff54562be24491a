"""What is built of a JSON template and of its form in HCL2 is the same.

The measure is what components make of their options: both templates are planned, their options
sent as core sends them, and decoded as plugins decode them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.engine import FakeCatalog
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.configuring import configuring
from packer_core.engine.plan import plan
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template
from packer_core.template.upgrade import upgrade
from packer_plugin_bundled.checksum import ChecksumPostProcessor
from packer_plugin_bundled.compress import CompressPostProcessor
from packer_plugin_bundled.file_builder import FileBuilder
from packer_plugin_bundled.manifest import ManifestPostProcessor
from packer_plugin_bundled.null_builder import NullBuilder
from packer_plugin_bundled.shell import ShellProvisioner
from packer_plugin_bundled.shell_local import ShellLocalProvisioner
from packer_plugin_bundled.sleep import SleepProvisioner
from packer_sdk.config import Template as LateText
from packer_sdk.config.declare import options_of
from packer_sdk.config.decode import decode_config
from packer_sdk.config.schema import spec_of
from packer_sdk.cty.json import encode
from packer_sdk.cty.values import Value
from packer_sdk.errors import ConfigProblems

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.engine.configuring import Configuring
    from packer_core.engine.plan import Job
    from packer_core.template.model import Template
    from packer_sdk.wire.specs import ObjectSpec

COMPONENTS: dict[tuple[str, str], Any] = {
    ("builder", "file"): FileBuilder,
    ("builder", "null"): NullBuilder,
    ("provisioner", "shell"): ShellProvisioner,
    ("provisioner", "shell-local"): ShellLocalProvisioner,
    ("provisioner", "sleep"): SleepProvisioner,
    ("post-processor", "checksum"): ChecksumPostProcessor,
    ("post-processor", "compress"): CompressPostProcessor,
    ("post-processor", "manifest"): ManifestPostProcessor,
}
CATALOG = FakeCatalog(*(f"{kind}:{name}" for kind, name in COMPONENTS))
BUILD = {"ID": "i-1", "Host": "h,1", "PackerRunUUID": "u"}
ENVIRON = {"HOME": "/home/x"}


class Specs:
    """Schemas, without processes."""

    def config_spec(self, kind: str, name: str) -> ObjectSpec:
        return spec_of(COMPONENTS[kind, name].config_class)


def schemas(kind: str, type_: str) -> ObjectSpec | None:
    return Specs().config_spec(kind, type_) if (kind, type_) in COMPONENTS else None


def seen(template: Template) -> list[Any]:
    """What every component of every job understands."""
    return [_seen(template, job) for job in plan(template, CATALOG, Choice())]


def _seen(template: Template, job: Job) -> Any:
    configs = configuring(template, job.source, BuildFlags(), Specs())
    source = job.source.type, decoded("builder", job.source.type, configs.builder())
    cleanup = job.error_cleanup
    return {
        "source": source,
        "provisions": [_step(configs, one) for one in job.provisions],
        "cleanup": _step(configs, cleanup) if cleanup else None,
        "chains": [
            [
                (
                    one.post_process.type,
                    one.post_process.name,
                    one.post_process.keep_input,
                    decoded(
                        "post-processor",
                        one.post_process.type,
                        configs.post_process(one, (), BUILD),
                    ),
                )
                for one in chain
            ]
            for chain in job.chains
        ],
    }


def _step(configs: Configuring, planned: Any) -> Any:
    part = planned.provision
    rules = part.pause_before_s, part.timeout_s, part.max_retries
    config = decoded("provisioner", part.type, configs.provision(planned, (), BUILD))
    return part.type, rules, config


def decoded(kind: str, name: str, configs: list[object]) -> object:
    """The options of a component; what is wrong with them, if it refuses them."""
    on_the_wire = [encode(one) if isinstance(one, Value) else one for one in configs]
    config_class = COMPONENTS[kind, name].config_class
    try:
        config = decode_config(config_class, on_the_wire, data=BUILD)
    except ConfigProblems as error:
        return sorted(str(error).splitlines())  # a map has another order in HCL2
    return {
        option.name: settled(getattr(config, option.attribute))
        for option in options_of(config_class)
        if not option.name.startswith("packer_")
    }


def settled(value: object) -> object:
    if isinstance(value, LateText):
        return value.render({"Vars": "V", "Path": "P"})
    if isinstance(value, list):
        return [settled(item) for item in value]
    return value


PLAIN = st.text("ab${}%\"'\\\n,é- ", max_size=4).filter(lambda text: "{{" not in text)
ANYWHERE = [
    "{{user `a`}}",
    '{{ user "b" | upper }}',
    "{{user `made`}}",
    "{{user `home`}}",
    "{{user `both`}}",
    "{{user `my var`}}",
    "{{user `nobody`}}",
    "{{build_type}}",
    "{{template_dir}}",
    "{{isotime `2006`}}",
    "{{strftime `%Y`}}",
    "{{packer_version}}",
    "{{printf `%s!` (user `b`)}}",
    "{{if eq (user `a`) `x`}}y{{else}}{{user `b`}}{{end}}",
    "{{- user `a` -}}",
    "{{split (user `both`) `-` 0}}",
    "{{user `a` | replace_all `l` `0`}}",
    "{{ user `a` | replace `l` `1` 1 }}",
    "{{`{{`}}",
    "{{ `<&>` }}",
]
IN_STEPS = ["{{build `ID`}}", "{{ build `Host` | lower }}", "{{ printf `%q` (build `ID`) }}"]


def text_of(actions: list[str]) -> st.SearchStrategy[str]:
    return st.lists(PLAIN | st.sampled_from(actions), max_size=3).map("".join)


# In HCL2 plugins look for {{ in what variables hold as well (HCL-010).
VALUE = PLAIN.filter(lambda text: "{" not in text)
TEXT = text_of(ANYWHERE)
STEP_TEXT = text_of(ANYWHERE + IN_STEPS)
FLAG = st.sampled_from([True, False, "true", "false"])
NUMBER = st.sampled_from([0, 2, "3", "{{user `number`}}"])
TEXTS = st.lists(STEP_TEXT, min_size=1, max_size=2) | st.just("{{user `a`}}") | PLAIN


def options(**given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=given)


def of(type_: str, **given: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return options(**given).map(lambda found: found | {"type": type_})


COMMON: dict[str, st.SearchStrategy[Any]] = {
    "pause_before": st.just("1s"),
    "timeout": st.just("2m"),
    "max_retries": NUMBER,
    "only": st.just(["one"]),
}
ENV = st.dictionaries(st.sampled_from(["A", "b-c", "d e", "{{user `a`}}"]), STEP_TEXT, max_size=2)
SCRIPT: dict[str, st.SearchStrategy[Any]] = {
    "inline": TEXTS,
    "environment_vars": TEXTS,
    "env": ENV,
    "valid_exit_codes": st.lists(NUMBER) | NUMBER,
}
OVERRIDE = st.just({"t w o": {"inline": ["{{user `a`}}", "x"]}})
PROVISIONERS = st.one_of(
    of("shell", execute_command=STEP_TEXT, binary=FLAG, override=OVERRIDE, **SCRIPT, **COMMON),
    of("shell-local", execute_command=TEXTS, override=OVERRIDE, **SCRIPT),
    of("sleep", **COMMON).map(lambda found: found | {"duration": "1s"}),
)
KEEP: dict[str, st.SearchStrategy[Any]] = {
    "keep_input_artifact": st.booleans(),
    "name": st.just("n"),
    "except": st.just(["t w o"]),
}
POST_PROCESSORS = st.one_of(
    st.just("manifest"),
    of("checksum", checksum_types=st.just("md5,sha1") | st.just(["md5"]), output=STEP_TEXT),
    of("manifest", custom_data=ENV, strip_path=FLAG, **KEEP),
    of("compress", compression_level=NUMBER, **KEEP),
)
TEMPLATES = st.fixed_dictionaries(
    {
        "variables": st.fixed_dictionaries(
            {
                "a": st.sampled_from(["hello", "x", "", "a,b", 'q"`\\${}%']),
                "b": VALUE,
                "number": st.sampled_from(["4", "0"]),
                "made": st.just("{{user `a`}}-{{user `home`}} ${x}"),
                "home": st.just("{{env `HOME`}}"),
                "both": st.just("{{upper (user `b`)}}-{{env `HOME`}}{{isotime `2006`}}"),
                "my var": VALUE,
            }
        ),
        "builders": st.tuples(
            of("file", content=TEXT, target=TEXT).map(
                lambda one: {"target": "t"} | one | {"name": "one"}
            ),
            of("file", content=TEXT).map(lambda one: one | {"target": "u", "name": "t w o"}),
            of("null").map(lambda one: one | {"communicator": "none"}),
        ).map(list),
        "provisioners": st.lists(PROVISIONERS, max_size=2),
        "post-processors": st.lists(
            POST_PROCESSORS | st.lists(POST_PROCESSORS, min_size=1, max_size=2), max_size=2
        ),
    },
    optional={
        "sensitive-variables": st.just(["made", "home"]),
        "error-cleanup-provisioner": PROVISIONERS,
        "description": PLAIN,
        "_comment": PLAIN,
        "min_packer_version": st.sampled_from(["1.5", "v1.7.0-dev"]),
    },
)
RENAMED = {
    'variable "my var" is called my_var now: HCL2 takes no such name',
    'builder "t w o" is called t_w_o now',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upgrade")


@given(template=TEMPLATES)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_components_see_the_same(folder: Path, template: dict[str, Any]) -> None:
    inputs = VariableInputs(environ=ENVIRON)
    old, new = folder / "box.json", folder / "box.pkr.hcl"
    old.write_text(json.dumps(template))
    upgraded = upgrade(template, schemas)
    assert set(upgraded.notes) == RENAMED
    assert upgraded.unknown == ()
    new.write_text(upgraded.text)
    assert seen(load_template(new, inputs)) == seen(load_template(old, inputs)), upgraded.text
