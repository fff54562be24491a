"""The contract, check by check, in the order in which they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import component_checks as component
from . import program_checks as program
from .model import Check
from .run_check import run

if TYPE_CHECKING:
    from .model import Target

CHECKS = (
    Check("describe", "describes itself as Go's SDK does", "1.5", program.describe, False),
    Check("version", "has a version that can be installed", "1.5", program.version, False),
    Check("components", "has a component", "1.5", program.components, False),
    Check("usage", "refuses commands it does not know", "1.2", program.usage, False),
    # Go's SDK serves them, and crashes with the first call.
    Check("stranger", "refuses what it does not have", "1.2", program.stranger, False, False),
    Check("flag", "takes --protobuf in any place", "1.2", program.flag_anywhere, False),
    Check("cookie", "refuses to start without the cookie", "1.1", program.cookie),
    Check("handshake", "says in one line where it listens", "1.3", component.handshake),
    Check("opening", "speaks yamux: accepts, echoes, pongs", "2.4", component.opening),
    Check("one-connection", "lets nobody else connect", "1.3", component.one_connection),
    Check("schema-gob", "has a schema in gob", "8.3", component.schema_in_gob),
    Check("schema-protobuf", "has a schema in protobuf", "6.4", component.schema_in_protobuf),
    Check("schemas-agree", "says the same in both forms", "6.4", component.schemas_agree),
    Check(
        "output",
        "has a schema of its result",
        "5.4",
        component.output_schema,
        kind="datasource",
    ),
    Check("prepare-empty", "answers an empty configuration", "6.1", component.prepare_empty),
    Check("prepare-hcl", "answers a configuration of HCL", "6.1", component.prepare_hcl),
    Check("prepare-unknown", "reports an unknown option", "6.2", component.prepare_unknown),
    Check("prepare-internal", "passes over core's own keys", "6.2", component.prepare_internal),
    Check("prepare-again", "forgets what was prepared before", "5.2", component.prepare_again),
    Check("unknown-method", "survives calls it does not know", "4.1", component.unknown_method),
    Check("many-calls", "answers many calls at once", "4.1", component.many_calls),
    Check("signals", "ignores SIGINT and SIGTERM", "1.4", component.signals),
    Check("ends-connection", "ends with its connection", "1.4", component.ends_with_connection),
    Check("ends-stream", "ends with its main stream", "1.4", component.ends_with_stream),
    Check("quiet", "prints one line only", "1.4", component.quiet, required=False),
    # Builders and provisioners of Go's SDK crash there; cores know, and never do it.
    Check("cancel", "answers a cancel of nothing", "5.1", component.cancel_of_nothing, True, False),
    # Go's SDK waits for ever; its core kills what it does not connect to.
    Check(
        "ends-alone",
        "ends if nobody connects",
        "1.4",
        component.ends_unconnected,
        required=False,
        slow=True,
    ),
    Check("run", "does its work", "5", run),
)
"""All of them. Those without ``required`` are things that are well to have."""


def checks_of(target: Target | None, *, slow: bool = False) -> tuple[Check, ...]:
    """The checks of a component.

    Args:
        target: The component; None for what is tried once for the whole plugin.
        slow: Whether to have those, too, that take more than a minute.
    """
    return tuple(
        check
        for check in CHECKS
        if check.of_component is (target is not None)
        and (check.kind is None or (target is not None and check.kind == target.kind))
        and (slow or not check.slow)
    )
