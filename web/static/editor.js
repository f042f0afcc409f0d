// The text of a query in colours with numbered lines, a mistake marked in it. What happens when it is run: results.js.

const form = document.querySelector("[data-editor]");
const text = form.querySelector("textarea");
const numbers = form.querySelector("[data-lines]");
const colours = form.querySelector("[data-colours]");
const declare = form.querySelector("[data-declare]");
const state = form.querySelector("[data-state]");

// Enough of the grammar to colour it; names and IRIs are read so that nothing in them passes for something else.
const TOKEN = new RegExp(
  [
    /(?<comment>#.*)/,
    /(?<string>"""(?:\\[^]|[^\\])*?"""|'''(?:\\[^]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/,
    /(?<iri><[^\s<>"{}|^`\\]*>)/,
    /(?<variable>[?$][\p{L}\p{N}_]+)/,
    /(?<name>[\p{L}\p{N}_.-]*:[\p{L}\p{N}_.:%-]*)/,
    /(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_-]*)/,
  ]
    .map((each) => each.source)
    .join("|"),
  "giu",
);
const COLOURED = ["comment", "string", "variable", "number", "word"];

function span(kind, words) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = words;
  return element;
}

// Draw the query again, with the numbers of its lines; `wrong` is a mistake to mark.
function draw(wrong) {
  const pieces = [];
  let end = 0;
  for (const match of text.value.matchAll(TOKEN)) {
    const kind = match.index === wrong?.start ? "wrong" : COLOURED.find((name) => match.groups[name] !== undefined);
    pieces.push(text.value.slice(end, match.index), kind ? span(kind, match[0]) : match[0]);
    end = match.index + match[0].length;
  }
  colours.replaceChildren(...pieces, text.value.slice(end), "\n");
  const lines = text.value.split("\n").map((_, index) => [`${index + 1}`, "\n"]);
  if (wrong) lines[wrong.line - 1][0] = span("wrong", wrong.line);
  numbers.replaceChildren(...lines.flat());
}

// The lines that declare the prefixes which the query uses and does not declare, as far as this graph knows them.
function declarations() {
  const known = JSON.parse(form.dataset.prefixes);
  const declared = new Set([...text.value.matchAll(/\bPREFIX\s+([^\s:]*):/giu)].map((match) => match[1]));
  const names = [...text.value.matchAll(TOKEN)].filter((match) => match.groups.name);
  const used = new Set(names.map((match) => match[0].split(":")[0]));
  const missing = [...used].filter((prefix) => known[prefix] && !declared.has(prefix)).sort();
  return missing.map((prefix) => `PREFIX ${prefix}: <${known[prefix]}>\n`).join("");
}

// The offset of a line and column, both from 1, in characters (code points) as the server counts them.
function offset(line, column) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

// Mark the word at which the query went wrong, and bring it into view.
form.addEventListener("sides:problem", ({ detail }) => {
  if (!detail.line) return;
  const line = Math.min(detail.line, text.value.split("\n").length);
  const start = Math.min(offset(line, detail.column), text.value.length);
  const word = /^[\p{L}\p{N}_:?$-]+|^[^]/u.exec(text.value.slice(start));
  draw({ start, line });
  text.focus();
  text.setSelectionRange(start, start + (word ? word[0].length : 0));
  numbers.querySelector(".wrong").scrollIntoView({ block: "nearest" });
});

declare.addEventListener("click", () => {
  const lines = declarations();
  text.setRangeText(lines, 0, 0, "preserve");
  draw();
  state.textContent = lines ? form.dataset.declared : form.dataset.complete;
});

text.addEventListener("input", () => draw());

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

form.querySelector(".code").classList.add("live");
declare.hidden = false;
text.rows = 1; // the coloured text behind it gives the height
draw();
