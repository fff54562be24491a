"""What happens to a machine (JSN-005) and to the artifact made of it (JSN-006)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError

from .json_fields import Fields, Reading
from .json_nodes import Array, Object, Scalar, option
from .model import PostProcess, Provision, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .json_nodes import Member, Node
    from .json_sources import SourceNames
    from .rendering import Renderer


class StepReader:
    """Reads steps.

    Args:
        reading: Gets what is wrong.
        names: The builders that ``only``, ``except`` and ``override`` may name.
        renderer: Fills in ``max_retries``.
        variables: Texts of the user variables.
    """

    def __init__(
        self,
        reading: Reading,
        names: SourceNames,
        renderer: Renderer,
        variables: Mapping[str, str],
    ) -> None:
        self.reading = reading
        self.names = names
        self.renderer = renderer
        self.variables = variables

    def provisions(self, member: Member | None) -> tuple[Provision, ...]:
        """Read ``provisioners``."""
        nodes = self.reading.array('"provisioners"', member)
        found = [self.provision(node, "a provisioner") for node in nodes]
        return tuple(provision for provision in found if provision)

    def provision(self, node: Node, what: str) -> Provision | None:
        """Read one provisioner."""
        if not isinstance(node, Object):
            self.reading.mismatch(what, "an object", node)
            return None
        fields = Fields(self.reading, node)
        kind = fields.component(what)
        selection = self._selection(fields)
        override = self._override(fields.member("override"))
        pause_before_s, timeout_s = fields.duration_s("pause_before"), fields.duration_s("timeout")
        max_retries = self._max_retries(fields.member("max_retries"))
        if kind is None:
            return None
        return Provision(
            type=kind[0],
            options=fields.options(),
            place=self.reading.place(kind[1]),
            places=fields.places(),
            selection=selection,
            override=override,
            pause_before_s=pause_before_s,
            timeout_s=timeout_s or None,
            max_retries=max_retries,
        )

    def chains(self, member: Member | None) -> tuple[tuple[PostProcess, ...], ...]:
        """Read ``post-processors``: each entry is a chain, one that is no array has one link."""
        chains = []
        for entry in self.reading.array('"post-processors"', member):
            links = entry.items if isinstance(entry, Array) else [entry]
            chain = [link for node in links if (link := self._link(node))]
            if chain:
                chains.append(tuple(chain))
        return tuple(chains)

    def _link(self, node: Node) -> PostProcess | None:
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
            place = self.reading.place(node)
            return PostProcess(type=node.value, name=node.value, options={}, place=place)
        if isinstance(node, Object):
            return self._post_process(node)
        if isinstance(node, Array):
            hint = "write its post-processors into the outer array"
            self.reading.error(
                "an array inside a chain of post-processors", self.reading.opening(node), hint=hint
            )
        else:
            self.reading.mismatch("a post-processor", "a string or an object", node)
        return None

    def _post_process(self, node: Object) -> PostProcess | None:
        fields = Fields(self.reading, node)
        kind, name = fields.component("a post-processor"), fields.string("name")
        selection, keep_input = self._selection(fields), fields.flag("keep_input_artifact")
        if kind is None:
            return None
        return PostProcess(
            type=kind[0],
            name=name[0] if name and name[0] else kind[0],
            options=fields.options(),
            place=self.reading.place(kind[1]),
            places=fields.places(),
            selection=selection,
            keep_input=keep_input,
        )

    def _selection(self, fields: Fields) -> Selection:
        only, except_ = fields.strings("only"), fields.strings("except")
        if only and except_:
            key = fields.node.members["except"]
            self.reading.error('"only" and "except" cannot be used together', key)
        return Selection(only=self._finals(only), except_=self._finals(except_))

    def _finals(self, written: list[tuple[str, Scalar]]) -> tuple[str, ...]:
        found = [self.names.find(name, node, self.reading) for name, node in written]
        return tuple(name for name in found if name is not None)

    def _override(self, member: Member | None) -> dict[str, dict[str, object]]:
        if member is None:
            return {}
        if not isinstance(member.value, Object):
            self.reading.mismatch('"override"', "an object", member.value)
            return {}
        overrides = {}
        for one in member.value.members.values():
            name = self.names.find(one.name, Scalar(None, one.start, one.end), self.reading)
            if not isinstance(one.value, Object):
                self.reading.mismatch(f'override of "{one.name}"', "an object", one.value)
            elif name is not None:
                overrides[name] = {key: option(m.value) for key, m in one.value.members.items()}
        return overrides

    def _max_retries(self, member: Member | None) -> int:
        """Read a number, or text that becomes one once variables are filled in (JSN-005)."""
        if member is None:
            return 0
        node = member.value
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self.reading.mismatch('"max_retries"', "a number", node)
            return 0
        if isinstance(value, str):
            return self._retries_from_text(value, node)
        if value < 0 or value != int(value):
            self.reading.error(f'"max_retries" must be a whole number, not {value}', node)
            return 0
        return int(value)

    def _retries_from_text(self, text: str, node: Node) -> int:
        try:
            rendered = self.renderer.render(text, self.variables).strip()
        except PackerError as error:
            self.reading.unrendered('"max_retries"', error, text, node)
            return 0
        if rendered.isdecimal() and rendered.isascii() and len(rendered) < 10:
            return int(rendered)
        if rendered:
            self.reading.error(f'"max_retries" must be a whole number, not "{rendered}"', node)
        return 0
