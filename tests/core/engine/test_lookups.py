from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from helpers.engine import FakeCatalog
from packer_core.engine.lookups import Lookups
from packer_core.errors import PluginCrashed, PluginNotFound
from packer_sdk.cancel import CancelToken
from packer_sdk.cty.types import ObjectType
from packer_sdk.cty.values import UNKNOWN, Value, implied
from packer_sdk.errors import Cancelled
from packer_sdk.wire.specs import Attr, ObjectSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.plugins.catalog import Component

OPTIONS = ObjectSpec({"name": Attr("name", "string")})
RESULT = ObjectSpec({"found": Attr("found", "string")})
GIVEN = implied({"name": "a"})
FOUND = implied({"found": "it"})


class FakeSpecs:
    def config_spec(self, kind: str, name: str) -> ObjectSpec:
        return OPTIONS

    def output_spec(self, name: str) -> ObjectSpec:
        return RESULT


@dataclass
class FakeFleet:
    """Notes what is asked of data sources."""

    configured: list[object] = field(default_factory=list)
    executed: list[object] = field(default_factory=list)
    started: int = 0

    def start(self) -> FakeFleet:
        self.started += 1
        return self

    def datasource(self, component: Component, job: str) -> FakeFleet:
        return self

    def configure(self, configs: Sequence[object]) -> None:
        self.configured += configs

    def execute_datasource(
        self, component: Component, configs: Sequence[object], cancel: CancelToken
    ) -> Value:
        self.executed += configs
        return FOUND


def lookups(fleet: FakeFleet, wanted: Callable[[str, str], bool]) -> Lookups:
    catalog = FakeCatalog("datasource:phone-book")
    return Lookups(catalog, FakeSpecs(), fleet.start, CancelToken(), wanted)  # type: ignore[arg-type]


def test_data_source_that_is_wanted_is_asked() -> None:
    fleet = FakeFleet()
    asked = lookups(fleet, lambda type_, name: (type_, name) == ("phone-book", "a"))
    assert asked.look_up("phone-book", "a", lambda spec: GIVEN) == FOUND
    assert (fleet.configured, fleet.executed) == ([], [GIVEN])


def test_data_source_that_is_not_wanted_judges_its_options_and_gives_something_unknown() -> None:
    fleet = FakeFleet()
    found = lookups(fleet, lambda *_: False).look_up("phone-book", "a", lambda spec: GIVEN)
    assert found == Value(ObjectType({"found": "string"}), UNKNOWN)
    assert (fleet.configured, fleet.executed) == ([GIVEN], [])


def test_data_source_with_wrong_options_is_not_started() -> None:
    fleet = FakeFleet()
    found = lookups(fleet, lambda *_: True).look_up("phone-book", "a", lambda spec: None)
    assert found.content is UNKNOWN
    assert fleet.started == 0


def test_data_source_that_nobody_has_is_told() -> None:
    with pytest.raises(PluginNotFound):
        lookups(FakeFleet(), lambda *_: True).look_up("yellow-pages", "a", lambda spec: GIVEN)


def test_cancelled_look_up_is_cancelled_whatever_the_process_makes_of_it() -> None:
    cancel = CancelToken()

    class Dying(FakeFleet):
        def execute_datasource(
            self, component: Component, configs: Sequence[object], cancel: CancelToken
        ) -> Value:
            cancel.cancel()
            raise PluginCrashed("it ended")

    catalog = FakeCatalog("datasource:phone-book")
    asked = Lookups(catalog, FakeSpecs(), Dying, cancel, lambda *_: True)  # type: ignore[arg-type]
    with pytest.raises(Cancelled):
        asked.look_up("phone-book", "a", lambda spec: GIVEN)
