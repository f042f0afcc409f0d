"""The Model Context Protocol, as its official client speaks it: over HTTP and standard input, in both generations."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from kg.cli import main
from kg.ground.release import Release
from kg.ground.settings import Settings
from kg.serve.assistants.tools import TOOLS
from support.server_process import Server, serving

mcp = pytest.importorskip("mcp")

ROOT = Path(__file__).parents[2]
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
COUNT = "PREFIX sides: <https://w3id.org/sides/ontology#> SELECT (COUNT(?s) AS ?n) { ?s a sides:State }"


@pytest.fixture(scope="module")
def server(built_settings: Settings, built_release: Release) -> Iterator[Server]:
    with serving(built_settings.releases_path) as running:
        yield running


def over_stdio(*arguments: str, releases: Path) -> object:
    environment = {**os.environ, "SIDES_RELEASES": str(releases), "SIDES_HOME": str(ROOT), "SIDES_WORKERS": "2"}
    return mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "kg", "mcp", *arguments], env=environment, cwd=str(ROOT)
    )


def talk(target: object, mode: str, say: Callable[[object], Awaitable[None]]) -> None:
    async def run() -> None:
        async with mcp.Client(target, mode=mode, read_timeout_seconds=60) as client:
            await say(client)

    asyncio.run(run())


async def use(client: object) -> None:
    """List, call, and call wrongly."""
    listed = (await client.list_tools()).tools  # type: ignore[attr-defined]
    assert [tool.name for tool in listed] == [tool.name for tool in TOOLS]
    assert all(tool.annotations.read_only_hint for tool in listed)
    counted = await client.call_tool("run_sparql", {"query": COUNT})  # type: ignore[attr-defined]
    assert (counted.is_error, counted.content[0].text.splitlines()[0]) == (False, "n")
    assert int(counted.content[0].text.splitlines()[1]) > 100
    wrong = await client.call_tool("run_sparql", {"query": "SELECT"})  # type: ignore[attr-defined]
    assert wrong.is_error
    assert "[query-syntax]" in wrong.content[0].text
    unknown = await client.call_tool("drop_everything", {})  # type: ignore[attr-defined]
    assert unknown.is_error
    guide = await client.read_resource("sides://guide")  # type: ignore[attr-defined]
    assert "PREFIX sides:" in guide.contents[0].text
    assert "saved query" in client.instructions  # type: ignore[attr-defined]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_http(server: Server, mode: str) -> None:
    talk(f"http://127.0.0.1:{server.port}/mcp", mode, use)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_over_standard_input_with_a_site_elsewhere(server: Server, built_settings: Settings, mode: str) -> None:
    url = f"http://127.0.0.1:{server.port}"
    talk(over_stdio("--url", url, releases=built_settings.releases_path), mode, use)


def test_over_standard_input_with_an_engine_of_its_own(built_settings: Settings, built_release: Release) -> None:
    async def say(client: object) -> None:
        await use(client)
        told = await client.call_tool("run_sparql", {"query": "ASK {}"})  # type: ignore[attr-defined]
        assert told.content[0].text == f"true\nRelease {built_release.hash}"

    talk(over_stdio(releases=built_settings.releases_path), "auto", say)


def post(server: Server, body: bytes, **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("POST", "/mcp", body, {**HEADERS, **headers})
        reply = connection.getresponse()
        return reply.status, reply.read().decode()


def test_what_is_no_message_is_refused_as_the_protocol_says(server: Server) -> None:
    status, body = post(server, b"{")
    assert (status, json.loads(body)["error"]["code"]) == (400, -32700)
    notified = json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}).encode()
    assert post(server, notified)[0] == 202
    assert server.get("/mcp").status == 405
    assert post(server, b"{}", Accept="text/html")[0] == 406


def test_a_message_is_bounded_as_every_request(server: Server) -> None:
    assert post(server, b" " * (9 * 1024 * 1024))[0] == 413


def test_a_call_needs_no_handshake_nor_session(server: Server) -> None:
    call = {"name": "run_sparql", "arguments": {"query": COUNT}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    status, body = post(server, json.dumps(message).encode(), **{"MCP-Protocol-Version": "2025-06-18"})
    assert status == 200, body
    assert json.loads(body)["result"]["isError"] is False


def test_the_command_tells_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "kg.serve.assistants.server", None)
    assert main(["mcp"]) == 2
    assert "What to do: run `make .venv/.mcp`" in capsys.readouterr().err


def test_without_a_release_the_command_ends_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "SIDES_RELEASES": str(tmp_path), "SIDES_HOME": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "kg", "mcp"], env=environment, input="", capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, "there is no release" in done.stderr, done.stdout) == (2, True, "")
