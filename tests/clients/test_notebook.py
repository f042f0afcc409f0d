"""The notebook answers its question, from its first cell to its last, and is kept without its answers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.clients import need_python, run
from support.recipes import read_recipes
from support.server_process import ROOT, Server

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
AID_AND_VOTES = ROOT / "docs" / "notebooks" / "aid-and-votes.ipynb"


# Runs the cells from the first to the last, and prints what each shows. By files rather than by ports, so that nobody
# else can talk to the kernel.
RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

notebook = nbformat.read(sys.argv[1], as_version=4)
config = Config(KernelManager={"transport": "ipc"})
NotebookClient(notebook, kernel_name="python3", timeout=60, config=config).execute()
shown = [[output["data"]["text/plain"] for output in cell.get("outputs", [])] for cell in notebook.cells]
print(json.dumps(shown))
"""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_but_what_was_written_is_kept(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * len(code)
    assert set(notebook["metadata"]["language_info"]) == {"name"}


def test_aid_and_votes(sides: Server, tmp_path: Path) -> None:
    command = [need_python("nbclient"), "-c", RUN, str(AID_AND_VOTES)]
    shown = json.loads(run(command, tmp_path, {"SIDES_ENDPOINT": f"http://127.0.0.1:{sides.port}/sparql"}))
    ((turned,),) = shown[-1:]
    # The first recipe asks who gave aid and voted against it; the notebook gets there by another way, by amounts.
    recipes = read_recipes(ROOT / "docs" / "cookbook.md")
    first = next(recipe.printed for recipe in recipes if recipe.printed)
    names = [line.split(",")[1] for line in first.splitlines()[1:]]
    assert names
    assert len(turned.splitlines()) == len(names) + 1
    assert all(name in turned for name in names)
