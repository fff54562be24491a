from __future__ import annotations

import pytest

from packer_core.template.usage import used_variables


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{{user `a`}}", {"a"}),
        ('{{ user "a" }}-{{user `b`}}', {"a", "b"}),
        ("{{ user `a` | upper }}", {"a"}),
        ("{{ if eq (user `a`) `x` }}{{ user\n`b` }}{{ end }}", {"a", "b"}),
        ("{{user`a`}}", {"a"}),
        ("user `a`", set()),
        ("{{superuser `a`}}", set()),
        ("{{ .user }} {{ user }}", set()),
        ("{{user `a", set()),
    ],
)
def test_used_variables_are_those_behind_user(text: str, names: set[str]) -> None:
    assert used_variables([text]) == names


def test_used_variables_are_found_however_deep() -> None:
    deep = {"{{user `k`}}": [1, None, {"x": ("{{user `a`}}", True)}]}
    assert used_variables([deep, "{{user `b`}}"]) == {"k", "a", "b"}
