"""What a run has measured, and how it is told: as JSON, and as tables in Markdown."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from measuring import Cell, Row, Start, Stream

SMALL = 5.0
"""Milliseconds in process below which a query is called small: what surrounds the engine is most of its time."""

_SAME = 0.95
"""A ratio down to which two times are called equal: medians of one run differ by so much."""


@dataclass(slots=True)
class Report:
    """One run on one release."""

    title: str
    triples: int
    seed: int
    machine: dict[str, str]
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    starts: dict[str, Start] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    repeated: dict[str, dict[str, float]] = field(default_factory=dict)
    not_modified: float | None = None
    throughput: dict[str, list[float]] = field(default_factory=dict)
    throughput_repeated: dict[str, list[float]] = field(default_factory=dict)
    mix: list[str] = field(default_factory=list)
    streams: dict[str, Stream] = field(default_factory=dict)
    memory_after: dict[str, float] = field(default_factory=dict)
    load_after: str = ""

    def write(self, folder: Path, name: str) -> None:
        """Write ``name.json`` and ``name.md``."""
        folder.mkdir(parents=True, exist_ok=True)
        document = json.dumps(_rounded(asdict(self)), indent=1, ensure_ascii=False)
        (folder / f"{name}.json").write_text(f"{document}\n", encoding="utf-8")
        (folder / f"{name}.md").write_text(self.markdown(), encoding="utf-8")

    def markdown(self) -> str:
        """The tables, one after another."""
        parts = [self._head(), self._latencies(), self._processor(), self._slower(), self._small()]
        parts += [self._again(), self._rates(), self._streams(), self._start_and_memory()]
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def _names(self) -> list[str]:
        return [*self.starts]

    def _head(self) -> str:
        lines = [
            f"# {self.title}",
            "",
            f"{self.triples:,} triples in the default graph, seed {self.seed}. Measured were",
            "",
        ]
        lines += [f"- {name}: {version}" for name, version in self.versions.items()]
        lines += [f"- {name}: not there ({why})" for name, why in self.missing.items()]
        machine = self.machine
        lines += ["", f"on {machine['processors']}, {machine['memory']}, {machine['system']}, {machine['date']}."]
        lines += [f"Load average (1, 5, 15 minutes) before: {machine['load']}; after: {self.load_after}."]
        return "\n".join(lines)

    def _latencies(self) -> str:
        notes = _Notes()
        table = _table(
            ["query", "rows", *self._names],
            ([row.name, f"{row.rows:,}", *(notes.cell(row, name) for name in self._names)] for row in self.rows),
        )
        means = {
            title: ["", *(self._mean(name, least) for name in self._names)]
            for title, least in (("all", 0.0), (f"at least {SMALL:.0f} ms in process", SMALL))
        }
        table += "\n" + "\n".join(
            f"| **{title}**, geometric mean | {' | '.join(cells)} |" for title, cells in means.items()
        )
        explained = (
            "Milliseconds in the middle; in brackets the ratio to Sides in the same round, in the middle: "
            "above 1, Sides is faster."
        )
        return f"## Queries never seen before, one client\n\n{explained}\n\n{table}{notes.text()}"

    def _mean(self, name: str, least: float) -> str:
        ratios = [row.cells[name].ratio or 1 for row in self._timed(name) if self._inside(row) >= least]
        return f"({statistics.geometric_mean(ratios):.2f}, of {len(ratios)})" if ratios else "–"

    def _timed(self, name: str) -> list[Row]:
        return [row for row in self.rows if name in row.cells and row.cells[name].ratio is not None]

    def _inside(self, row: Row) -> float:
        return row.cells["in process"].median if "in process" in row.cells else float("inf")

    def _processor(self) -> str:
        rows = ([row.name, *(_milliseconds(row.cells[name], "processor") for name in self._names)] for row in self.rows)
        explained = (
            "Milliseconds of a processor for one answer, all threads and processes of the peer together: what is left "
            "of a time when the machine does something else besides."
        )
        table = _table(["query", *self._names], rows)
        table += f"\n| **ratio to Sides**, geometric mean | {' | '.join(map(self._effort, self._names))} |"
        return f"## Processor time\n\n{explained}\n\n{table}"

    def _effort(self, name: str) -> str:
        pairs = [(row.cells[name].processor, row.cells["sides"].processor) for row in self._timed(name)]
        ratios = [other / ours for other, ours in pairs if other and ours]
        return f"{statistics.geometric_mean(ratios):.2f}" if ratios else "–"

    def _slower(self) -> str:
        rows = []
        for row in self.rows:
            for name in self._names:
                ratio = row.cells[name].ratio
                if name not in {"sides", "in process"} and ratio is not None and ratio < _SAME:
                    cells = [_milliseconds(row.cells[each], "processor") for each in ("sides", "in process", name)]
                    rows.append([row.name, name, f"{ratio:.2f}", *cells, self._cause(row, row.cells[name])])
        if not rows:
            return ""
        explained = (
            "By the time in the middle. The cause is told from the milliseconds of a processor: it is the engine where "
            "that takes more beyond the peer than Sides takes beyond the engine; otherwise what surrounds it."
        )
        heads = ["query", "than", "ratio", "sides, processor", "in process", "the peer", "cause"]
        return f"## Where Sides is slower\n\n{explained}\n\n{_table(heads, rows)}"

    def _cause(self, row: Row, cell: Cell) -> str:
        ours, inside = row.cells["sides"].processor, row.cells["in process"].processor
        kind = "a long answer is passed on" if row.size > 2**18 else "HTTP, checks, the way to a worker"
        return "engine" if inside - cell.processor > ours - inside else kind

    def _small(self) -> str:
        small = [row for row in self.rows if self._inside(row) < 1 and row.cells["sides"].median]
        names = [name for name in self._names if name != "in process"]
        if not small:
            return ""
        over = {
            name: [row.cells[name].median - self._inside(row) for row in small if row.cells[name].rounds]
            for name in names
        }
        rows = [[name, f"{statistics.median(values):.2f}", f"{len(values)}"] for name, values in over.items() if values]
        explained = "Milliseconds beyond the engine in process, for queries that take it less than one."
        return f"## Tiny requests\n\n{explained}\n\n{_table(['', 'ms', 'queries'], rows)}"

    def _again(self) -> str:
        if not self.repeated:
            return ""
        ours = self.repeated.get("sides", {})
        rows = []
        for name, times in self.repeated.items():
            ratios = [time / ours[query] for query, time in times.items() if query in ours]
            ratio = f"{statistics.geometric_mean(ratios):.1f}" if ratios else "–"
            rows.append([name, f"{statistics.median(times.values()):.2f}", ratio])
        if self.not_modified:
            rows.append(["sides, 304", f"{self.not_modified:.2f}", ""])
        title = "## Texts asked before, one client"
        return f"{title}\n\n{_table(['', 'ms, in the middle of all queries', 'ratio, geometric mean'], rows)}"

    def _rates(self) -> str:
        if not self.throughput:
            return ""
        kinds = {"never seen": self.throughput, "asked before": self.throughput_repeated}
        rows = []
        for name in self.throughput:
            cells = [name]
            for rates in kinds.values():
                rate = statistics.median(rates[name])
                ratio = statistics.median(rates["sides"]) / rate if rate and "sides" in rates else 0
                cells += [f"{rate:,.0f}", f"{ratio:.2f}"]
            rows.append(cells)
        heads = [head for kind in kinds for head in (f"{kind}, answers/s", "Sides' rate to it")]
        explained = f"The mix: {', '.join(self.mix)}, each as often. The clients use the same processors."
        return f"## Many clients\n\n{explained}\n\n{_table(['', *heads], rows)}"

    def _streams(self) -> str:
        rows = [
            [name, f"{each.first * 1000:.0f}", f"{each.whole * 1000:.0f}", f"{each.size:.0f}", f"{each.added:.0f}"]
            for name, each in self.streams.items()
        ]
        heads = ["", "first byte, ms", "last byte, ms", "answer, MiB", "memory added, MiB"]
        return f"## The long answer (export)\n\n{_table(heads, rows)}" if rows else ""

    def _start_and_memory(self) -> str:
        rows = []
        for name, each in self.starts.items():
            millions = self.triples / 1e6 or 1
            whole = each.memory.whole
            rows.append(
                [name, f"{each.seconds:.1f}", f"{each.processor:.1f}", f"{whole:.0f}", f"{whole / millions:.0f}"]
            )
            rows[-1] += [str(each.memory.processes), f"{each.memory.leaf:.0f}", f"{self.memory_after.get(name, 0):.0f}"]
        heads = ["", "first answer, s", "processor, s", "memory, MiB", "MiB per million triples", "processes"]
        heads += ["MiB per worker", "MiB after the run"]
        explained = (
            "From the files to the first answer (a count by class), and the proportional set size then. "
            "In process, memory is that of the program that measures."
        )
        return f"## Start and memory\n\n{explained}\n\n{_table(heads, rows)}"


class _Notes:
    """Footnotes: why cells are empty."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def cell(self, row: Row, name: str) -> str:
        """The time and the ratio, or the number of the note that tells why there are none."""
        cell = row.cells[name]
        if cell.problem:
            self._texts.append(f"{name}, {row.name}: {' '.join(cell.problem.split())[:200]}".replace("|", "\\|"))
            return f"– ({len(self._texts)})"
        ratio = f" ({cell.ratio:.2f})" if cell.ratio and name != "sides" else ""
        return _milliseconds(cell, "median") + ratio

    def text(self) -> str:
        lines = [f"{number}. {text}" for number, text in enumerate(self._texts, 1)]
        return "\n\nNot timed, since the answers must agree:\n\n" + "\n".join(lines) if lines else ""


def _milliseconds(cell: Cell, value: str) -> str:
    time: float = getattr(cell, value)
    return "–" if cell.problem or not cell.rounds else f"{time:.2f}" if time < 10 else f"{time:.0f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rounded(value: object) -> object:
    """The same with numbers of five digits."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
