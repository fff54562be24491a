from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.rpc.component import service_of

if TYPE_CHECKING:
    from packer_sdk.testing import Connected


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("builder", "Builder"),
        ("provisioner", "Provisioner"),
        ("post-processor", "PostProcessor"),
        ("datasource", "Datasource"),
    ],
)
def test_every_kind_has_its_service(sessions: Connected, kind: str, name: str) -> None:
    service = service_of(sessions.plugin, kind, object())
    assert service.name == name
    assert service.take("ConfigSpec")


def test_an_unknown_kind_is_refused(sessions: Connected) -> None:
    with pytest.raises(ValueError, match="no such kind of component: builders"):
        service_of(sessions.plugin, "builders", object())
