"""Bundle ``web/static/editor.min.js`` from ``web/editor`` and the packages that it uses, and name their licences.

Runs when the editor changes, not when the site is built: ``make editor``. The files that it writes are committed, so
that neither to serve nor to test needs Node. The head of the bundle has the SHA-256 of what it was made from.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

WEB = Path(__file__).parent
SOURCES = WEB / "editor"
MODULES = WEB / "node_modules"
BUNDLE = WEB / "static" / "editor.min.js"
LICENCES = WEB / "static" / "editor.licences.txt"


def made_from() -> str:
    """The SHA-256 of the sources, the lock of the packages and this file, each with its name."""
    digest = hashlib.sha256()
    for path in (*sorted(SOURCES.glob("*.js")), WEB / "package-lock.json", Path(__file__)):
        digest.update(f"{path.relative_to(WEB)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def bundle() -> tuple[str, list[Path]]:
    """The minified bundle, and the folders of the packages that have a part in it."""
    compiler = next((MODULES / "@esbuild").glob("*/bin/esbuild"))
    with tempfile.TemporaryDirectory() as folder:
        made, told = Path(folder) / "made.js", Path(folder) / "told.json"
        command = [
            str(compiler), str(SOURCES / "main.js"), "--bundle", "--minify", "--format=esm", "--target=es2022",
            "--charset=utf8", "--legal-comments=none", "--log-level=warning", f"--metafile={told}",
            f"--outfile={made}", f"--alias:style-mod={SOURCES / 'sheets.js'}",
        ]  # fmt: skip
        subprocess.run(command, cwd=WEB, check=True)
        script = made.read_text(encoding="utf-8")
        outputs = json.loads(told.read_text(encoding="utf-8"))["outputs"]
    (parts,) = (output["inputs"] for output in outputs.values())
    return script, sorted({package for path in parts if (package := _package(path))})


def _package(path: str) -> Path | None:
    """The folder of the package that a file belongs to; None for a file of our own.

    >>> _package("node_modules/@lezer/lr/dist/index.js").relative_to(MODULES).as_posix()
    '@lezer/lr'
    """
    before, found, inside = path.rpartition("node_modules/")
    if not found:
        return None
    parts = inside.split("/")
    return WEB / before / found / Path(*parts[: 2 if inside.startswith("@") else 1])


def licences(packages: Iterable[Path]) -> str:
    """The names, versions and licences of packages, each text once."""
    texts: dict[str, list[str]] = {}
    for package in packages:
        told = json.loads((package / "package.json").read_text(encoding="utf-8"))
        text = next(package.glob("LICEN[CS]E*")).read_text(encoding="utf-8").strip()
        texts.setdefault(text, []).append(f"{told['name']} {told['version']} ({told['license']})")
    return "\n\n----\n\n".join("\n".join(names) + f"\n\n{text}" for text, names in texts.items()) + "\n"


def main() -> None:
    """Write the bundle and the licences."""
    script, packages = bundle()
    head = f"/* Made by make editor from {made_from()}; licences: /static/{LICENCES.name} */\n"
    BUNDLE.write_text(head + script, encoding="utf-8")
    LICENCES.write_text(licences(packages), encoding="utf-8")
    sys.stdout.write(f"{BUNDLE.name}: {BUNDLE.stat().st_size / 1000:.0f} kB, from {len(packages)} packages\n")


if __name__ == "__main__":
    main()
