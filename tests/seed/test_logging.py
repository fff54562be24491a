"""Section F of the plugin page: what plugins log, and where it is seen."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from helpers import wonder
from helpers.seed import NULL, Done, Place, script

STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"
TCP: dict[str, Any] = {"PACKER_PLUGIN_TRANSPORT": "tcp"}

CUSTOM = """
    log = logging.getLogger("anything")
    log.info("hello from a logger")
    log.warning("careful")
    ui.say("shown to the user")
"""


@dataclass(frozen=True)
class Logged:
    """One build of the page's `packer-builder-custom`, with the log on."""

    unix: Done
    tcp: Done
    off: Done
    file: str


@pytest.fixture(scope="module")
def logged(shared_place: Place) -> Logged:
    shared_place.put(shared_place.plugins, "packer-builder-custom", script("builder", CUSTOM))
    path = shared_place.root / "packer.log"
    off = shared_place.build(["custom"], PACKER_LOG_PATH=str(path))
    return Logged(
        unix=shared_place.build(["custom"], PACKER_LOG="1"),
        tcp=shared_place.build(["custom"], PACKER_LOG="1", **TCP),
        off=off,
        file=path.read_text(),
    )


def of_plugin(lines: list[str], program: str = "packer-builder-custom") -> list[str]:
    """The lines of a plugin, without the time at which core logged them."""
    return [line[20:] for line in lines if re.match(f"{STAMP} {program}: ", line)]


def test_F1_plugins_log_with_the_logging_of_the_language(logged: Logged) -> None:
    """MUST: A plugin logs with the standard facility of its language.

    Decision: `logging`; an SDK logger does not exist.
    """
    assert "log = logging.getLogger" in CUSTOM
    assert any(line.endswith(" hello from a logger") for line in logged.unix.log)
    assert any(line.endswith(" [WARN] careful") for line in logged.unix.log)


def test_F2_what_a_plugin_logs_is_in_the_log_of_packer(logged: Logged) -> None:
    """MUST: Whatever is logged so is in Packer's log automatically."""
    assert "hello from a logger" in logged.unix.stderr
    assert "hello from a logger" in logged.file


def test_F3_the_log_is_on_stderr_when_it_is_asked_for(logged: Logged) -> None:
    """MUST: The log is on stderr when `PACKER_LOG` is set."""
    assert logged.unix.stderr
    assert "hello" not in logged.unix.stdout
    assert "shown to the user" in logged.unix.stdout


def test_F4_the_log_is_off_otherwise(logged: Logged, place: Place) -> None:
    """MUST: Without `PACKER_LOG` there is no log on stderr.

    Decision: an empty `PACKER_LOG`, and `PACKER_LOG=0`, are off too.
    """
    assert logged.off.stderr == ""
    for value in ("", "0"):
        assert place.build(NULL, PACKER_LOG=value).stderr == ""


def test_F5_H8_lines_of_a_plugin_begin_with_its_name(logged: Logged, place: Place) -> None:
    """H: On the page a plugin's line begins `packer-builder-custom: `; 1.16 adds the word plugin.

    Decision: the base name of the executable, as in the page's sample, whatever the template
    calls the component. The text of the page says "path"; the sample decides.

    F5 MUST: Core puts the origin of a plugin's line in front of it.
    """
    assert of_plugin(logged.unix.log)
    assert "packer-builder-custom plugin:" not in logged.unix.stderr
    path = place.put(place.elsewhere, "packer-builder-y.py", script("builder", CUSTOM))
    place.configure({"builders": {"x": str(path)}})
    log = place.build(["x"], PACKER_LOG="1").log
    assert [line for line in of_plugin(log, r"packer-builder-y\.py") if "hello from" in line]
    assert not of_plugin(log, "packer-builder-x")


def test_F6_each_line_has_the_time_of_core_and_that_of_the_plugin(logged: Logged) -> None:
    """MUST: `DATE TIME packer-builder-custom: DATE TIME message` is the form of a line."""
    lines = [line for line in logged.unix.log if " packer-builder-custom: " in line]
    assert len(lines) > 4
    for line in lines:
        assert re.fullmatch(f"{STAMP} packer-builder-custom: {STAMP} .+", line), line


def test_F7_loading_is_logged_before_the_plugin_says_anything(logged: Logged) -> None:
    """MUST: `Loading builder: custom` comes before the lines of the plugin."""
    for log in (logged.unix.log, logged.tcp.log):
        (loading,) = [
            number
            for number, line in enumerate(log)
            if re.fullmatch(f"{STAMP} Loading builder: custom", line)
        ]
        assert not of_plugin(log[:loading])
        assert of_plugin(log[loading:])


def test_F8_ports_and_address_follow_in_the_order_of_the_sample(logged: Logged) -> None:
    """MUST: `Plugin minimum port`, `Plugin maximum port`, `Plugin address` follow in this order."""
    for log in (logged.unix.log, logged.tcp.log):
        low, high, address = of_plugin(log)[:3]
        assert re.fullmatch(f"packer-builder-custom: {STAMP} Plugin minimum port: 10000", low)
        assert re.fullmatch(f"packer-builder-custom: {STAMP} Plugin maximum port: 25000", high)
        assert re.match(f"packer-builder-custom: {STAMP} Plugin address: ", address)


def address_in(done: Done) -> str:
    (address,) = re.findall(r"Plugin address: (.+)", done.stderr)
    return str(address)


def test_F8_H6_the_address_is_a_port_by_tcp_and_a_socket_otherwise(logged: Logged) -> None:
    """H: On the page plugins listen on ports; today's Packer uses Unix sockets off Windows.

    Decision: Unix sockets, and ports on Windows or with `PACKER_PLUGIN_TRANSPORT=tcp`. The log
    then says `Plugin address: :10000` as in the sample, and otherwise `unix PATH`.
    """
    port = re.fullmatch(r":(\d+)", address_in(logged.tcp))
    assert port
    assert 10000 <= int(port[1]) <= 25000
    assert f"at tcp 127.0.0.1:{port[1]}\n" in logged.tcp.stderr
    assert re.fullmatch(r"unix /.+", address_in(logged.unix))


def test_F9_ports_lie_between_10000_and_25000(logged: Logged, place: Place) -> None:
    """MUST: The range of ports is 10000 to 25000 unless something else is asked for.

    Decision: `PACKER_PLUGIN_MIN_PORT` and `PACKER_PLUGIN_MAX_PORT` ask for another one.
    """
    assert "minimum port: 10000" in logged.tcp.stderr
    assert "maximum port: 25000" in logged.tcp.stderr
    environ: dict[str, Any] = {"PACKER_PLUGIN_MIN_PORT": "26000", "PACKER_PLUGIN_MAX_PORT": "26500"}
    done = place.build(NULL, PACKER_LOG="1", **TCP, **environ)
    assert "Plugin minimum port: 26000" in done.stderr
    assert "Plugin maximum port: 26500" in done.stderr
    assert 26000 <= int(address_in(done).lstrip(":")) <= 26500


def test_F10_the_first_free_port_is_taken(place: Place) -> None:
    """CODE: Ports are tried upwards from the lowest; a busy one is passed over, none is an error.

    Decision: how the address is printed is H6.
    """
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        busy.listen()
        low: dict[str, Any] = {"PACKER_PLUGIN_MIN_PORT": str(port), **TCP}
        high: dict[str, Any] = {"PACKER_PLUGIN_MAX_PORT": str(min(port + 100, 65535))}
        done = place.build(NULL, PACKER_LOG="1", **low, **high)
        # The next may be somebody else's, but hardly the next twenty.
        assert port < int(address_in(done).lstrip(":")) <= port + 20
        done = place.build(NULL, status=1, **low, PACKER_PLUGIN_MAX_PORT=str(port))
        assert f"no free port for the plugin: {port} to {port}" in done.stdout


def test_F11_plugins_listen_on_the_loopback_only() -> None:
    """CODE: Nobody on another machine can connect."""
    process = wonder.process("builder", TCP)
    try:
        port = int(process.start().address.rpartition(":")[2])
        listening = psutil.Process(process.process.pid).net_connections("inet")
        assert [(one.laddr.ip, one.laddr.port) for one in listening] == [("127.0.0.1", port)]
    finally:
        process.close()


def test_F12_bundled_components_have_names_of_their_own(place: Place) -> None:
    """CODE: A bundled component's line begins `packer-TYPE-NAME`, not `packer`."""
    done = place.build({**NULL, "post-processors": ["manifest"]}, PACKER_LOG="1")
    for name in ("packer-builder-null", "packer-post-processor-manifest"):
        assert len(of_plugin(done.log, name)) > 2
    assert not of_plugin(done.log, "packer")


def test_F13_any_output_becomes_lines(place: Place) -> None:
    """CODE: Each line has its prefix, trailing space is cut, and nothing hangs or gets lost.

    Decision: a line over 64 KiB is logged in pieces; bytes that are no UTF-8 as `\\xNN`.
    """
    body = """
        logging.getLogger().info("first of three\\nsecond of three\\nthird of three")
        os.write(2, b"trailing space \\t\\r\\n")
        os.write(2, b"in two")
        time.sleep(0.05)
        os.write(2, b" parts\\n")
        os.write(2, b"caf\\xe9\\n")
        os.write(2, b"x" * 300_000 + b"\\n")
        os.write(2, b"no end of line")
    """
    place.put(place.work, "packer-builder-x", script("builder", body))
    lines = of_plugin(place.build(["x"], PACKER_LOG="1").log, "packer-builder-x")
    said = [line.removeprefix("packer-builder-x: ") for line in lines]
    for number in ("first", "second", "third"):
        assert [line for line in said if re.fullmatch(f"{STAMP} {number} of three", line)]
    assert "trailing space" in said
    assert "in two parts" in said
    assert "caf\\xe9" in said
    assert sum(line.count("x") for line in said if set(line) == {"x"}) == 300_000
    assert any(line.startswith("no end of line") for line in said)


def test_F14_last_words_are_logged(place: Place) -> None:
    """CODE: What a plugin wrote before its end is in the log, however it ended."""
    body = "os.write(2, b'farewell\\n' * 1000 + b'last words')\nos.kill(os.getpid(), 9)"
    place.put(place.work, "packer-builder-x", script("builder", body))
    done = place.build(["x"], PACKER_LOG="1", status=1)
    said = of_plugin(done.log, "packer-builder-x")
    assert said.count("packer-builder-x: farewell") == 1000
    assert said[-1] == "packer-builder-x: last words"


def test_F15_secrets_are_replaced_in_the_lines_of_plugins(place: Place) -> None:
    """CODE: A sensitive value does not appear in lines of plugins either."""
    body = """
        logging.getLogger().info("token=%s", config.option)
        os.write(2, f"raw {config.option}\\n".encode())
        os.kill(os.getpid(), 9)
    """
    place.put(place.work, "packer-builder-x", script("builder", body))
    template = {
        "variables": {"token": "hunter2hunter2"},
        "sensitive-variables": ["token"],
        "builders": [{"type": "x", "option": "{{user `token`}}"}],
    }
    log = place.root / "packer.log"
    ways: list[dict[str, Any]] = [{"PACKER_LOG": "1"}, {"PACKER_LOG_PATH": str(log)}]
    for environ in ways:
        done = place.build(template, status=1, **environ)
        everything = done.stdout + done.stderr + (log.read_text() if log.exists() else "")
        assert "hunter2" not in everything
        assert "raw <sensitive>" in everything


LINES = 100_000

FLOOD = """
    def core_bytes():
        with open(f"/proc/{os.getppid()}/status") as status:
            return int(next(line.split()[1] for line in status if "VmRSS" in line)) * 1024

    log = logging.getLogger("flood")
    for number in range(1000):
        log.info("before the flood")
    before = core_bytes()
    for number in range(LINES):
        log.info("line %d %s", number, "x" * 200)
    ui.say(f"grew by {core_bytes() - before} bytes")
""".replace("LINES", str(LINES))


def test_F16_a_hundred_thousand_lines_do_no_harm(place: Place) -> None:
    """MUST: Being verbose is encouraged, so it must not block the plugin or fill core's memory."""
    place.put(place.work, "packer-builder-x", script("builder", FLOOD))
    path = place.root / "packer.log"
    started = time.monotonic()
    done = place.build(["x"], PACKER_LOG_PATH=str(path))
    assert time.monotonic() - started < 45, "that is a hang"
    numbers = [int(found) for found in re.findall(r": \S+ \S+ line (\d+) x", path.read_text())]
    assert numbers == list(range(LINES)), "each is there once, and in order"
    (grown,) = re.findall(r"grew by (-?\d+) bytes", done.stdout)
    assert int(grown) < LINES * 200 / 2, "the lines are not kept"
