"""Everything a change has to pass: `nox`."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(PYPROJECT, name))


@nox.session
def lint(session: nox.Session) -> None:
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    session.install("-e", ".", *group("types"))
    session.run("mypy", "src", "tests")


@nox.session
def tests(session: nox.Session) -> None:
    session.install("-e", ".", *group("tests"))
    session.run("pytest", *session.posargs)
