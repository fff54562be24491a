from __future__ import annotations

from packer_core.plugins.install.with_uv import wheel_name


def test_wheel_is_called_as_its_lock_says_or_as_its_url_ends() -> None:
    name = "a-1.0+local-py3-none-any.whl"
    assert wheel_name({"name": name, "url": "https://x/y"}) == name
    assert wheel_name({"url": "https://x/y/a-1.0%2Blocal-py3-none-any.whl#sha256=1"}) == name
    assert wheel_name({"path": f"../wheels/{name}"}) == name
