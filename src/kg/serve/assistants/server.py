"""The tools as a server of the Model Context Protocol, by its official SDK: over standard input and output, or HTTP."""

from __future__ import annotations

from functools import partial

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

import kg
from kg.serve.assistants.asking import Ask, UnreachableError
from kg.serve.assistants.tools import INSTRUCTIONS, TOOLS, Arguments, Tool, ToolError, guide

GUIDE = "sides://guide"
"""The resource that tells how the graph is laid out, with the prefixes of its queries."""

_READING = types.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_BY_NAME = {tool.name: tool for tool in TOOLS}

Context = ServerRequestContext[object]


def make_server(ask: Ask) -> Server[object]:
    """A server whose tools ask a site. It keeps nothing from one call to the next."""

    async def call_tool(_: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        return await anyio.to_thread.run_sync(partial(_call, ask, params.name, params.arguments or {}))

    return Server(
        "sides",
        version=kg.__version__,
        title="Sides",
        description="Who stands with whom around the war in Ukraine: a knowledge graph with the source of each fact.",
        instructions=INSTRUCTIONS,
        on_list_tools=_list_tools,
        on_call_tool=call_tool,
        on_list_resources=_list_resources,
        on_read_resource=_read_resource,
    )


async def _list_tools(_: Context, __: types.PaginatedRequestParams | None) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_told(tool) for tool in TOOLS])


def _told(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.schema(),
        annotations=_READING,
    )


def _call(ask: Ask, name: str, arguments: Arguments) -> types.CallToolResult:
    """The result of a tool; what goes wrong is a result too, which the model reads and can act on."""
    tool = _BY_NAME.get(name)
    if tool is None:
        return _result(f"there is no tool {name!r}; expected one of {', '.join(_BY_NAME)}", failed=True)
    try:
        text = tool.call(ask, arguments)
    except (ToolError, UnreachableError) as error:
        return _result(str(error), failed=True)
    return _result(text, failed=False)


def _result(text: str, *, failed: bool) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=failed)


async def _list_resources(_: Context, __: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
    resource = types.Resource(
        uri=GUIDE, name="guide", title="How to ask", description="Layout and prefixes.", mime_type="text/plain"
    )
    return types.ListResourcesResult(resources=[resource])


async def _read_resource(_: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    if str(params.uri) != GUIDE:
        raise ValueError(f"there is no resource {params.uri}; expected {GUIDE}")
    content = types.TextResourceContents(uri=GUIDE, mime_type="text/plain", text=guide())
    return types.ReadResourceResult(contents=[content])


def serve_stdio(ask: Ask) -> None:
    """Answer one assistant over standard input and output, until it closes them."""
    anyio.run(_serve_stdio, make_server(ask))


async def _serve_stdio(server: Server[object]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
