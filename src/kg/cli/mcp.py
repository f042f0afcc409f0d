"""``kg mcp``: the tools for assistants over standard input and output."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kg.cli.common import Commands, add_home, settings_of
from kg.ground.errors import InputError, SidesError
from kg.ground.release import Release
from kg.ground.settings import Settings

if TYPE_CHECKING:
    from kg.serve.assistants.asking import Ask, Reply


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "mcp",
        help="let an assistant ask the graph, by the Model Context Protocol",
        description="Offer the graph to an assistant as tools, over standard input and output. Every server offers the "
        "same over HTTP at /mcp.",
        epilog="docs/assistants.md tells how to add it to an assistant.",
    )
    parser.add_argument("--url", help="ask the site at this address (default: start an engine on the current release)")
    add_home(parser)
    parser.set_defaults(command=run)


def run(given: argparse.Namespace) -> int:
    """Answer until the assistant closes its side."""
    try:
        from kg.serve.assistants.server import serve_stdio
    except ModuleNotFoundError as error:
        raise InputError(
            f"the package {error.name} is not installed",
            expected="the SDK of the Model Context Protocol",
            remedy="run `make .venv/.mcp`, or `pip install .[mcp]`",
        ) from error
    if given.url:
        from kg.serve.assistants.asking import over_network

        serve_stdio(over_network(given.url))
        return 0
    settings = settings_of(given)
    Release.current(settings)  # told at once if there is none
    with _embedded(settings) as ask:
        serve_stdio(ask)
    return 0


@contextmanager
def _embedded(settings: Settings) -> Iterator[Ask]:
    """The way to a site within this process, which loads the graph meanwhile: assistants do not wait long."""
    from kg.serve.assistants.asking import UnreachableError
    from kg.serve.federation import FederatedEngine
    from kg.serve.web.app import create_app
    from kg.serve.web.assistant_pages import within

    with ThreadPoolExecutor(1) as pool:
        engine = pool.submit(FederatedEngine.start, settings)
        site = pool.submit(lambda: within(create_app(settings, engine.result()), "http://localhost/", {}))

        def ask(*request: Any, **options: Any) -> Reply:
            try:
                started = site.result()
            except SidesError as error:
                raise UnreachableError(str(error)) from error
            return started(*request, **options)

        try:
            yield ask
        finally:
            engine.result().close()
