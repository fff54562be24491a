"""HashiCorp's core has plugins work: what they say, move, make and return."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from helpers.judges import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.judges import Pair

GENERATED = {
    "ID": "peer-1",
    "PeerText": "t",
    "PeerNumber": 7,
    "PeerFraction": 1.5,
    "PeerFlag": True,
    "Extra": "ü",
}


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor"])
def test_everything_a_user_can_be_told(pair: Pair, kind: str) -> None:
    steps = ["say one", "say two\nlines", "error ünï", "machine a,b c d", "ask who?", "say "]
    facts = pair.run(kind, raw={"steps": steps}, answers=["me\nand you"])
    assert facts.errors == {}
    assert facts.events == [
        ["say", "one"],
        ["say", "two\nlines"],
        ["error", "ünï"],
        ["machine", "a,b", "c", "d"],
        ["ask", "who?"],
        ["say", "answer: me\nand you"],
        ["say", ""],
    ]
    assert facts.ended_well()


def test_a_question_nobody_answers_fails(pair: Pair) -> None:
    assert pair.run(raw={"steps": ["ask who?"]}).errors == {"error": "nobody answers"}


def test_progress_moves_by_as_much_as_was_read(pair: Pair) -> None:
    labels = ["file", "a/b:c.d e", "ü"]
    steps = [{"steps": [f"progress 1000 {label}", "say after"]} for label in labels]
    for label, facts in zip(labels, pair.rounds([{"raw": one} for one in steps]), strict=True):
        first, *moved, done, after = facts.events
        assert first == ["progress", label, 0, 1000]
        assert {event[0] for event in moved} == {"moved"}
        assert sum(event[1] for event in moved) == 1000
        assert (done, after) == (["done"], ["say", "after"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_tells_why(pair: Pair, kind: str) -> None:
    text = "two\nlines, ünï: <&> %s"
    facts = pair.run(kind, raw={"steps": [f"fail {text}"]})
    prefix = "Datasource.Execute failed: " if kind == "datasource" else ""
    assert facts.errors == {"error": prefix + text}
    assert facts.ended_well()


def test_the_exit_status_of_a_command(pair: Pair) -> None:
    statuses = [0, 1, 2, 123, 128, 255, -1, 2300218]
    steps = [f"run status {status}" for status in statuses]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts.errors == {}
    assert facts.records("ran") == [[str(status), "", ""] for status in statuses]


def test_commands_and_their_streams(pair: Pair) -> None:
    steps = [
        "run echo out; echo err >&2; exit 3",
        "feed some input|cat; printf .",
        "run exit 0",
        "run head -c 600000 /dev/zero | tr '\\0' x",
        "stream echo a; echo b; echo c >&2",
    ]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts.errors == {}
    assert facts.records("ran") == [
        ["3", "out\n", "err\n"],
        ["0", "some input.", ""],
        ["0", "", ""],
        ["0", "x" * 600_000, ""],
    ]
    told = [line for event in facts.events if event[0] == "say" for line in event[1].split("\n")]
    assert told == ["hook", "a", "b"]
    assert ["error", "c"] in facts.events


def test_a_command_that_cannot_be_started(pair: Pair) -> None:
    steps = ["run no-start it is gone"]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts["error"] == "it is gone"
    assert facts["hooks"][0]["error"] == "it is gone"


def test_files_both_ways(pair: Pair, tmp_path: Path) -> None:
    source, target, big = tmp_path / "source", tmp_path / "target", tmp_path / "big"
    source.write_bytes(b"some\0content\xff")
    source.chmod(0o640)
    (tmp_path / "empty").touch()
    steps = [
        f"upload {target} {source}",
        f"put {big} 600000",
        f"get {source}",
        f"get {tmp_path / 'empty'}",
        f"get {big}",
    ]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts.errors == {}
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o640
    assert int(target.stat().st_mtime) == int(source.stat().st_mtime)
    data = big.read_bytes()
    assert len(data) == 600_000
    digest = hashlib.sha256(data).hexdigest()
    assert facts.records("put") == [["600000", digest]]
    assert facts.records("got") == [
        ["13", hashlib.sha256(source.read_bytes()).hexdigest()],
        ["0", hashlib.sha256(b"").hexdigest()],
        ["600000", digest],
    ]


@pytest.mark.parametrize("step", ["put /nowhere/at/all 600000", "put /nowhere/at/all 0"])
def test_an_upload_that_fails(pair: Pair, step: str) -> None:
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": [step]}}])
    facts = pair.run(raw={"steps": ["provision", "say not reached"]}, provisioner=over_there)
    assert "/nowhere/at/all" in facts["error"]
    assert facts.said() == ["hook"]
    assert facts.ended_well()


def test_a_download_that_fails_does_so_at_once(pair: Pair) -> None:
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": ["get /nowhere"]}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert "/nowhere" in facts["error"]


def test_directories(pair: Pair, tmp_path: Path) -> None:
    """With a slash it is what is in the folder, without one the folder."""
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    for name in ("a.txt", "b.log", "sub/c.txt"):
        (source / name).write_text(name)
    targets = {name: tmp_path / name for name in ("up", "up-in", "down", "down-in")}
    for target in targets.values():
        target.mkdir()
    steps = [
        f"upload-dir {targets['up']} {source} *.log",
        f"upload-dir {targets['up-in']} {source}/ *.log",
        f"download-dir {source} {targets['down']} *.log",
        f"download-dir {source}/ {targets['down-in']} *.log",
    ]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts.errors == {}
    for name, target in targets.items():
        base = target if name.endswith("in") else target / "source"
        found = sorted(str(path.relative_to(base)) for path in base.rglob("*") if path.is_file())
        assert found == ["a.txt", "sub/c.txt"], name


def test_a_directory_that_is_not_there(pair: Pair, tmp_path: Path) -> None:
    steps = [f"upload-dir {tmp_path} /nowhere/at/all"]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert "/nowhere/at/all" in facts["error"]


def test_values_of_the_build_reach_hook_and_provisioner(pair: Pair) -> None:
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": ["data"]}}])
    options = {"text": "t", "number": 7, "fraction": 1.5, "flag": True, "generated": {"Extra": "ü"}}
    facts = pair.run(raw={**options, "steps": ["provision", "cleanup"]}, provisioner=over_there)
    assert facts.errors == {}
    assert [hook["name"] for hook in facts["hooks"]] == [
        "packer_provision",
        "packer_cleanup_provision",
    ]
    assert [hook["data"] for hook in facts["hooks"]] == [GENERATED, GENERATED]
    assert [text for (text,) in facts.records("data")]
    assert all('"PeerNumber"' in text for (text,) in facts.records("data"))


def test_values_of_every_type_reach_a_provisioner(pair: Pair) -> None:
    data = {"s": "ü", "i": 7, "f": 1.5, "t": True, "n": None, "l": [1, ["x"]], "m": {"k": {"j": 1}}}
    facts = pair.run("provisioner", raw={"steps": ["data"]}, data=data)
    assert facts.record("data") == data


def test_a_hook_that_fails_fails_the_build(pair: Pair) -> None:
    facts = pair.run(raw={"steps": ["provision"]}, hook_error="the floor is wet")
    assert facts.errors == {"error": "the floor is wet"}


def test_an_artifact_and_its_state(pair: Pair, tmp_path: Path) -> None:
    options = {
        "artifact": "a-1",
        "files": ["/a/b", "c d"],
        "state": {"x": "y"},
        "text": "t",
        "number": 7,
        "fraction": 1.5,
        "flag": True,
        "generated": {"Extra": "ü"},
        "destroy_file": str(tmp_path / "destroyed"),
    }
    states = ["x", "nothing", "generated_data", "everything"]
    facts = pair.run(raw=options, states=states, destroy=True)
    assert facts.errors == {}
    assert facts["artifact"] == {
        "builder_id": "packer.peer",
        "id": "a-1",
        "files": ["/a/b", "c d"],
        "string": "Artifact: a-1",
        "state": {
            "x": "y",
            "nothing": None,
            "generated_data": GENERATED,
            "everything": ["text", 7, 1.5, True, None, ["bytes", 0, 255], {"k": "v"}],
        },
    }
    assert (tmp_path / "destroyed").read_text() == "destroyed"


def test_no_artifact(pair: Pair) -> None:
    facts = pair.run(raw={"steps": ["say done"]})
    assert (facts.errors, facts.get("artifact")) == ({}, None)


def test_an_artifact_that_cannot_be_destroyed(pair: Pair) -> None:
    facts = pair.run(raw={"artifact": "a-1", "destroy_error": "it is stuck"}, destroy=True)
    if pair.language == "go":  # Go's client cannot read what Go's server sends (protocol 5.6)
        assert "not assignable to type error" in facts["destroy_error"]
        assert facts["id_after_destroy"] == ""
    else:
        assert facts["destroy_error"] == "it is stuck"
        assert facts["id_after_destroy"] == "a-1"


GIVEN: dict[str, Any] = {
    "builder_id": "given.builder",
    "id": "g-1",
    "files": ["/g"],
    "string": "a given ü",
    "state": {"s": "t", "generated_data": {"ID": "i-7", "Port": 22}, "list": [1, "x", {"k": 2.5}]},
}


def test_a_post_processor_sees_its_artifact(pair: Pair) -> None:
    steps = ["artifact", "state s", "state nothing", "state generated_data", "state list"]
    options = {"steps": [*steps, "destroy"], "artifact": "p-1", "keep": True, "force": True}
    facts = pair.run("post-processor", raw=options, given=GIVEN)
    assert facts.errors == {}
    assert facts.record("artifact") == {
        "builder_id": "given.builder",
        "id": "g-1",
        "files": ["/g"],
        "string": "a given ü",
    }
    names = [name for name, _ in facts.records("state")]
    assert names == ["s", "nothing", "generated_data", "list"]
    texts = ["".join(text.split()) for _, text in facts.records("state")]
    assert texts[:2] == ['"t"', "null"]
    assert facts["given_destroyed"] is True
    assert (facts["artifact"]["id"], facts["keep"], facts["force"]) == ("p-1", True, True)


@pytest.mark.parametrize("keep", [False, True])
def test_a_post_processor_returns_what_it_was_given(pair: Pair, keep: bool) -> None:
    options = {"result": "input", "keep": keep}
    states = ["s", "list"]
    facts = pair.run("post-processor", raw=options, given=GIVEN, states=states, destroy=True)
    assert facts.errors == {}
    assert facts["artifact"] == {
        "builder_id": "given.builder",
        "id": "g-1",
        "files": ["/g"],
        "string": "a given ü",
        "state": {"s": "t", "list": [1, "x", {"k": 2.5}]},
    }
    assert (facts["keep"], facts["given_destroyed"]) == (keep, True)


def test_a_post_processor_returns_nothing(pair: Pair) -> None:
    facts = pair.run("post-processor", raw={"result": "none", "keep": True}, given=GIVEN)
    assert (facts.errors, facts.get("artifact")) == ({}, None)


FLAT = {
    "text": "t",
    "number": 12345678901,
    "fraction": 0.1,
    "flag": True,
    "missing": None,
    "words": ["a", "ü"],
    "numbers": [-1, 0, 300],
    "table": {"k": "v"},
    "grid": [["a"], []],
}
FLAT_TYPE = (
    '"flag":"bool","fraction":"number","grid":["list",["list","string"]],{}"missing":"string",'
    '"number":"number","numbers":["list","number"],"table":["map","string"],"text":"string",'
    '"words":["list","string"]'
)
BLOCK_TYPE = '["object",{"name":"string","size":"number"}]'
NESTED_TYPE = FLAT_TYPE.format(f'"inner":{BLOCK_TYPE},"item":["list",{BLOCK_TYPE}],')
OUTPUTS: dict[str, tuple[dict[str, Any], str]] = {
    "-packer-default-plugin-name-": (FLAT, f'["object",{{{FLAT_TYPE.format("")}}}]'),
    "empty": ({}, '["object",{}]'),
}
INNER = {"inner": {"name": "n", "size": 3}, "item": [{"name": "a", "size": 2.25}]}


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_outputs_of_a_data_source(pair: Pair, name: str) -> None:
    value, kind = OUTPUTS[name]
    given = {option: one for option, one in FLAT.items() if option != "missing"}
    facts = pair.run("datasource", name=name, hcl=given)
    assert facts.errors == {}
    assert (facts["output_type"], facts["outputs"]) == (kind, {"type": kind, "value": value})


def test_outputs_that_nobody_has_set_have_the_same_type(pair: Pair) -> None:
    facts = pair.run("datasource", hcl={})
    kind = OUTPUTS["-packer-default-plugin-name-"][1]
    assert (facts["output_type"], facts["outputs"]["type"]) == (kind, kind)
    assert facts["outputs"]["value"]["words"] == []


def test_outputs_with_blocks(pair: Pair) -> None:
    given = {option: one for option, one in FLAT.items() if option != "missing"}
    facts = pair.run("datasource", name="nested", hcl={**given, **INNER})
    kind = f'["object",{{{NESTED_TYPE}}}]'
    assert facts["output_type"] == kind
    if pair.protobuf:
        assert facts.errors == {}
        assert facts["outputs"] == {"type": kind, "value": {**FLAT, **INNER}}
    else:  # Go cannot read its own gob of a number two levels down
        assert facts.errors == {
            "error": "panic: interface conversion: interface {} is big.Float, not *big.Float"
        }


def test_outputs_with_blocks_that_hold_no_numbers(pair: Pair) -> None:
    """What gob can carry as well."""
    facts = pair.run(
        "datasource", name="texts", hcl={"inner": {"name": "n"}, "item": [{"name": "a"}]}
    )
    assert facts.errors == {}
    assert facts["outputs"]["value"] == {"inner": {"name": "n"}, "item": [{"name": "a"}]}


def test_numbers_beyond_what_gos_core_keeps(pair: Pair) -> None:
    """Packer's numbers have 512 bits; longer ones from a plugin are taken, and cut off."""
    facts = pair.run("datasource", hcl={"numbers": [2**64 + 1, 2**600 + 1]})
    if pair.language == "go":  # its config has an int
        assert "must be a whole number" in facts["prepare_error"]
        return
    small, large = facts["outputs"]["value"]["numbers"]
    assert small == 2**64 + 1
    assert str(large)[:150] == str(2**600 + 1)[:150]


def test_a_data_source_that_is_only_validated(pair: Pair) -> None:
    facts = pair.run("datasource", hcl={"steps": ["fail not run"]}, prepare_only=True)
    assert (facts.errors, facts["output_type"]) == ({}, OUTPUTS["-packer-default-plugin-name-"][1])
