"""Loading a template from text, and what is said about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from packer_core.errors import TemplateError
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template

if TYPE_CHECKING:
    from packer_core.diagnostics import Diagnostic
    from packer_core.template.hcl_load import OpenLookups
    from packer_core.template.model import Template


class Load(Protocol):
    def __call__(
        self, template: str | dict[str, Any], inputs: VariableInputs = ..., *, strict: bool = ...
    ) -> Template: ...


class Refuse(Protocol):
    def __call__(
        self, template: str | dict[str, Any], inputs: VariableInputs = ...
    ) -> tuple[Diagnostic, ...]: ...


@pytest.fixture
def template_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the template lies, as a user would type it."""
    monkeypatch.chdir(tmp_path)
    return Path("box.json")


@pytest.fixture
def load(template_path: Path) -> Load:
    """Write a template and load it."""

    def load(
        template: str | dict[str, Any],
        inputs: VariableInputs = VariableInputs(),  # noqa: B008 - frozen and empty
        *,
        strict: bool = True,
    ) -> Template:
        text = template if isinstance(template, str) else json.dumps(template, indent=2)
        template_path.write_text(text, encoding="utf-8")
        return load_template(template_path, inputs, strict_variables=strict)

    return load


@pytest.fixture
def refuse(load: Load) -> Refuse:
    """Load a template that is wrong, and hand out what is said about it."""

    def refuse(
        template: str | dict[str, Any],
        inputs: VariableInputs = VariableInputs(),  # noqa: B008 - frozen and empty
    ) -> tuple[Diagnostic, ...]:
        with pytest.raises(TemplateError) as caught:
            load(template, inputs)
        return caught.value.diagnostics

    return refuse


class LoadHcl(Protocol):
    def __call__(
        self,
        text: str,
        inputs: VariableInputs = ...,
        *,
        strict: bool = ...,
        lookups: OpenLookups | None = ...,
        **files: str,
    ) -> Template: ...


class RefuseHcl(Protocol):
    def __call__(
        self, text: str, inputs: VariableInputs = ..., **files: str
    ) -> tuple[Diagnostic, ...]: ...


@pytest.fixture
def load_hcl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoadHcl:
    """Write a folder `box` with a template, and load it; `__` in a name stands for a dot."""
    monkeypatch.chdir(tmp_path)
    folder = Path("box")
    folder.mkdir()

    def load(
        text: str,
        inputs: VariableInputs = VariableInputs(),  # noqa: B008 - frozen and empty
        *,
        strict: bool = True,
        lookups: OpenLookups | None = None,
        **files: str,
    ) -> Template:
        for name, content in {"main__pkr__hcl": text, **files}.items():
            (folder / name.replace("__", ".")).write_text(content, encoding="utf-8")
        return load_template(folder, inputs, strict_variables=strict, lookups=lookups)

    return load


@pytest.fixture
def refuse_hcl(load_hcl: LoadHcl) -> RefuseHcl:
    """Load a template that is wrong, and hand out what is said about it."""

    def refuse(
        text: str,
        inputs: VariableInputs = VariableInputs(),  # noqa: B008 - frozen and empty
        **files: Any,
    ) -> tuple[Diagnostic, ...]:
        with pytest.raises(TemplateError) as caught:
            load_hcl(text, inputs, **files)
        return caught.value.diagnostics

    return refuse
