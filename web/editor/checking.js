// What is wrong with the query, marked where it stands: what the server says of it without running it, prefixes that
// are not declared, and names of this graph that it does not have, each with what may be meant.

import { linter, setDiagnostics } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { declarations, declared, iriOf, prefixedNames, prologueEnd } from "./query.js";
import { known } from "./server.js";
import { form, language, settings, words } from "./settings.js";
import { is, meaningful, tokensOf } from "./tokens.js";

const DELAY = 500; // milliseconds without a key
const ADDRESS = `/check.json?lang=${language}`;
const OWN = ["sides", "id", "graph"].map((prefix) => settings.prefixes[prefix]);

let asking = null;
let left = null; // the name at the cursor, which is not judged while it is written

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

// Put the lines that declare what is missing where such lines stand.
function declare(view) {
  const { doc } = view.state;
  const tokens = tokensOf(doc);
  const place = prologueEnd(tokens, doc);
  const broken = place > 0 && doc.sliceString(place - 1, place) !== "\n" ? "\n" : "";
  view.dispatch({ changes: { from: place, insert: broken + declarations(meaningful(tokens), settings.prefixes) } });
}

function undeclared(doc) {
  const tokens = meaningful(tokensOf(doc));
  const given = declared(tokens);
  return prefixedNames(tokens)
    .filter(({ text }) => !given.has(text.split(":")[0]))
    .map(({ from, to, text }) => {
      const prefix = text.split(":")[0];
      const message = words("undeclared", { prefix });
      const actions = settings.prefixes[prefix] ? [{ name: words("declare", { prefix }), apply: declare }] : [];
      return { from, to, severity: "error", message, actions };
    });
}

// The range of a line and column, both from 1, in characters (code points) as the server counts them: a whole word.
function range(doc, line, column) {
  const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const start = Math.min(from + [...text].slice(0, column - 1).join("").length, to);
  const word = /^[\p{L}\p{N}_:?$-]+|^[^]/u.exec(doc.sliceString(start, to));
  return { from: start, to: start + (word ? word[0].length : 0) };
}

function reported(doc, problem) {
  const lines = [problem.title, problem.brief ?? problem.detail, problem.hint].filter(Boolean);
  const renderMessage = () => {
    const box = document.createElement("div");
    box.append(...lines.map(paragraph));
    return box;
  };
  return { ...range(doc, problem.line, problem.column), severity: "error", message: lines.join("\n"), renderMessage };
}

// What the server says of a query that it reads and does not run; nothing where it is busy or away.
async function refused(doc) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const body = new URLSearchParams({ query: doc.toString() });
  try {
    const response = await fetch(ADDRESS, { method: "POST", body, signal: mine.signal });
    const { problem } = response.ok ? await response.json() : {};
    return problem?.line ? [reported(doc, problem)] : [];
  } catch {
    return [];
  }
}

function isOwn(iri) {
  return OWN.some((space) => iri.startsWith(space) && iri !== space);
}

function ownTerms(tokens, position) {
  const given = declared(tokens);
  const named = tokens.filter(({ kind }, place) => ["name", "iri"].includes(kind) && !declaration(tokens, place));
  return named
    .map((token) => ({ token, iri: iriOf(token, given) }))
    .filter(({ token, iri }) => iri && token.to !== position && isOwn(iri));
}

function declaration(tokens, place) {
  return is(tokens[place - 1], "PREFIX", "BASE") || is(tokens[place - 2], "PREFIX");
}

async function strangers(view) {
  const { doc, selection } = view.state;
  const tokens = meaningful(tokensOf(doc));
  left = view.hasFocus ? selection.main.head : null;
  const terms = ownTerms(tokens, left);
  const told = await known(terms.map(({ iri }) => iri));
  return terms
    .filter(({ iri }) => told.get(iri)?.known === false)
    .map(({ token, iri }) => unknown(token, told.get(iri), declared(tokens)));
}

function unknown({ from, to, text }, { near = [] }, given) {
  const actions = near.map((each) => {
    const insert = text.startsWith("<") || !given.has(each.id.split(":")[0]) ? `<${each.iri}>` : each.id;
    const name = words("replace", { name: each.label && each.label !== insert ? `${insert} (${each.label})` : insert });
    return { name, apply: (view, start, end) => view.dispatch({ changes: { from: start, to: end, insert } }) };
  });
  return { from, to, severity: "warning", message: words("unknown", { name: text }), actions };
}

async function check(view) {
  const { doc } = view.state;
  if (!meaningful(tokensOf(doc)).length) return [];
  const missing = undeclared(doc);
  const [wrong, doubtful] = await Promise.all([missing.length ? missing : refused(doc), strangers(view)]);
  return [...wrong, ...doubtful];
}

// Mark what a run has found, and lead to it.
function mark(view, problem) {
  if (!problem.line) return;
  const found = reported(view.state.doc, problem);
  view.dispatch(setDiagnostics(view.state, [found]), {
    selection: { anchor: found.from, head: found.to },
    effects: EditorView.scrollIntoView(found.from, { y: "nearest" }),
  });
  view.focus();
}

export const checking = linter(check, {
  delay: DELAY,
  needsRefresh: (update) => update.selectionSet && left !== null && update.state.selection.main.head !== left,
});

export function listen(view) {
  form.addEventListener("sides:problem", ({ detail }) => mark(view, detail));
}
