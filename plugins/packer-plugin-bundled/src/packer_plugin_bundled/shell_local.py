"""Provisioner and post-processor `shell-local`: run scripts here (PVS-005, PPM-002)."""

from __future__ import annotations

from packer_sdk import PackerKeys, PostProcessor, Processed, Provisioner, Template, config, field

from .local_script import LocalScripts, check_local
from .outcome import build_values
from .variables import INLINE_FORMAT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_sdk import Artifact, CancelToken, Communicator, Problem, Ui


@config
class ShellLocalConfig(PackerKeys):
    """Options of both."""

    command: str = field(
        doc="One line of a script, an old name of inline. Exactly one of command, inline, script "
        "and scripts is set.",
        default="",
    )
    inline: list[str] = field(doc="Lines of a script.", default_factory=list)
    script: str = field(doc="Path of a script; it must be executable.", default="")
    scripts: list[str] = field(
        doc="Paths of scripts, run one after the other.", default_factory=list
    )
    environment_vars: list[str] = field(
        doc="Variables for the scripts, as NAME=VALUE.", default_factory=list
    )
    env: dict[str, str] = field(
        doc="Variables for the scripts, by name; win over environment_vars.", default_factory=dict
    )
    env_var_format: str = field(
        doc="How {{.Vars}} writes down one variable, the first %s is its name, the second its "
        f"value. Empty means {INLINE_FORMAT!r}. Scripts get the variables in any case.",
        default="",
    )
    execute_command: list[Template] = field(
        doc="Program and arguments that run a script; know {{.Script}} and {{.Vars}}. A single "
        "one is given to `sh -c`. Empty means `/bin/sh -c {{.Script}}`.",
        default_factory=list,
    )
    inline_shebang: str = field(
        doc="First line of the inline script, without #!. Empty means /bin/sh -e, unless the "
        "first inline line is a shebang itself.",
        default="",
    )
    only_on: list[str] = field(
        doc="Operating systems to run on (linux, darwin, windows, freebsd, …); on others it is "
        "skipped.",
        default_factory=list,
    )
    tempfile_extension: str = field(
        doc="Ending of the file inline lines are written to.", default=""
    )
    use_linux_pathing: bool = field(
        doc="On Windows, write paths as the Windows Subsystem for Linux does: /mnt/c/….",
        default=False,
    )
    valid_exit_codes: list[int] = field(
        doc="Exit statuses that mean success.", default_factory=lambda: [0]
    )


class ShellLocalProvisioner(Provisioner[ShellLocalConfig]):
    """Run scripts on this machine while the other one is up."""

    def check(self, config: ShellLocalConfig) -> Iterator[Problem]:
        """Find wrong combinations, and scripts that are missing."""
        return check_local(config)

    def provision(
        self,
        config: ShellLocalConfig,
        ui: Ui,
        communicator: Communicator,  # noqa: ARG002 - this machine needs none
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run all scripts in their order; the first that fails ends it."""
        LocalScripts(config, ui, cancel).run(data)


class ShellLocalPostProcessor(PostProcessor[ShellLocalConfig]):
    """Run scripts on this machine after the build; the artifact is handed on."""

    def check(self, config: ShellLocalConfig) -> Iterator[Problem]:
        """Find wrong combinations, and scripts that are missing."""
        return check_local(config)

    def post_process(
        self, config: ShellLocalConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        """Run all scripts in their order; the first that fails ends it."""
        LocalScripts(config, ui, cancel).run(build_values(artifact))
        return Processed(artifact, keep_input=True, force_keep=True)
