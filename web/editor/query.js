// What a query that is being written says: its prefixes, its variables, its triples, and what may stand at a place.

import { is, meaningful } from "./tokens.js";

const TERMS = new Set(["string", "iri", "variable", "blank", "name", "number"]);
const PATH = new Set(["/", "|", "^", "!"]);
const BEGUN = new Set(["?", "$", "<"]); // what a variable or an IRI begins with
const AFTER_PATTERN = ["OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "GRAPH", "SERVICE", "VALUES", "WHERE"];

export const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";

// The prefixes that a query declares: by prefix, the namespace.
export function declared(tokens) {
  const found = new Map();
  tokens.forEach((token, place) => {
    const [name, iri] = tokens.slice(place + 1, place + 3);
    if (is(token, "PREFIX") && name?.kind === "name" && iri?.kind === "iri") {
      found.set(name.text.slice(0, -1), iri.text.slice(1, -1));
    }
  });
  return found;
}

// The prefixed names of a query, but for those that a prefix is declared with.
export function prefixedNames(tokens) {
  return tokens.filter((token, place) => token.kind === "name" && !is(tokens[place - 1], "PREFIX"));
}

// The lines that declare the prefixes which a query uses and does not declare, as far as they are known.
export function declarations(tokens, known) {
  const given = declared(tokens);
  const used = new Set(prefixedNames(tokens).map(({ text }) => text.split(":")[0]));
  const missing = [...used].filter((prefix) => known[prefix] && !given.has(prefix)).sort();
  return missing.map((prefix) => `PREFIX ${prefix}: <${known[prefix]}>\n`).join("");
}

// Where a line that declares a prefix goes: after those that do, or else before the first word of the query.
export function prologueEnd(all, doc) {
  const tokens = meaningful(all);
  let end = null;
  tokens.forEach((token, place) => {
    const length = { PREFIX: 3, BASE: 2 }[token.kind === "word" ? token.text.toUpperCase() : ""];
    if (length && tokens[place + length - 1]?.kind === "iri") end = tokens[place + length - 1].to;
  });
  if (end === null) return tokens.length ? doc.lineAt(tokens[0].from).from : doc.length;
  const line = doc.lineAt(end);
  return Math.min(line.to + 1, doc.length);
}

export function variables(tokens) {
  return [...new Set(tokens.filter(({ kind }) => kind === "variable").map(({ text }) => text))];
}

// The IRI of a term as it is written, or null.
export function iriOf(token, prefixes) {
  if (token?.kind === "iri") return token.text.slice(1, -1);
  if (is(token, "A") && token.text === "a") return TYPE;
  if (token?.kind !== "name") return null;
  const colon = token.text.indexOf(":");
  const namespace = prefixes.get(token.text.slice(0, colon));
  return namespace === undefined ? null : namespace + token.text.slice(colon + 1).replace(/\\(.)/g, "$1");
}

// One step of reading: the open bracket that the words stand in, and what has been read within it.
class Reader {
  constructor() {
    this.stack = [{ bracket: "", slot: "top" }];
    this.triples = [];
  }

  get top() {
    return this.stack.at(-1);
  }

  read(token, before) {
    if (token.kind === "mark") this.mark(token.text, before);
    else if (token.kind === "word" && token.text !== "a" && !is(token, "TRUE", "FALSE")) this.word(token);
    else if (TERMS.has(token.kind) || token.kind === "word") this.term(token);
  }

  mark(mark, before) {
    if (mark === "{" || mark === "(" || mark === "[") this.open(mark, before);
    else if (mark === "}" || mark === ")" || mark === "]") this.close();
    else if (mark === "^^") this.top.typed = true;
    else if ("subject predicate object after".split(" ").includes(this.top.slot)) {
      if (mark === ".") this.top.slot = "subject";
      else if (mark === ";") this.top.slot = "predicate";
      else if (mark === ",") this.top.slot = "object";
      else if (PATH.has(mark) && this.top.slot !== "subject") this.top.slot = "predicate";
    }
  }

  open(mark, before) {
    const { slot } = this.top;
    const named = before?.kind === "name" || before?.kind === "iri";
    const called = before?.kind === "word" || (named && slot === "expression");
    if (mark === "{") this.stack.push({ bracket: mark, slot: this.top.values ? "values" : "subject" });
    else if (mark === "[") this.stack.push({ bracket: mark, slot: "predicate", subject: null });
    else if (slot === "predicate") this.stack.push({ bracket: mark, slot: "predicate", path: true });
    else if (slot === "values") this.stack.push({ bracket: mark, slot: "values" });
    else if (called || slot === "top" || slot === "expression") this.stack.push({ bracket: mark, slot: "expression" });
    else this.stack.push({ bracket: mark, slot: "list" });
  }

  close() {
    if (this.stack.length === 1) return;
    const closed = this.stack.pop();
    this.top.values = false;
    if (closed.bracket === "[" || closed.slot === "list") this.term(null);
    else if (closed.path) this.top.slot = "object";
    else if (this.top.bracket === "{" && this.top.slot !== "values") this.top.slot = "subject";
  }

  word(token) {
    const { top } = this;
    if (is(token, "GRAPH", "SERVICE", "FROM")) top.wants = token.text.toUpperCase();
    else if (is(token, "VALUES")) top.values = true;
    if (top.bracket === "{" && is(token, ...AFTER_PATTERN)) top.slot = is(token, "FILTER") ? "expression" : "subject";
    else if (top.bracket === "") top.last = token.text.toUpperCase();
  }

  term(token) {
    const { top } = this;
    if (top.typed) top.typed = false;
    else if (top.wants) top.wants = "";
    else if (top.slot === "subject") Object.assign(top, { slot: "predicate", subject: token });
    else if (top.slot === "predicate") Object.assign(top, { slot: top.path ? "path" : "object", predicate: token });
    else if (top.slot === "object") {
      this.triples.push([top.subject, top.predicate, token]);
      top.slot = "after";
    }
  }
}

function reading(tokens) {
  const reader = new Reader();
  tokens.forEach((token, place) => reader.read(token, tokens[place - 1]));
  return reader;
}

// What stands at a position: the word that is being written there, if any, and which sort of words may.
// The slot is one of subject, predicate, object, after, expression, list, values, graph, service, top, prefix, none.
export function placeAt(tokens, position) {
  const at = tokens.find(({ from, to }) => from < position && position <= to);
  if (at?.kind === "comment") return { slot: "none", comment: at };
  if (at?.kind === "string" && (position < at.to || at.text.length < 2)) return { slot: "none" };
  const writing = at && (BEGUN.has(at.text) || !["mark", "string"].includes(at.kind)) ? at : null;
  const before = meaningful(tokens.filter(({ from, to }) => (writing ? from < writing.from : to <= position)));
  const last = before.at(-1);
  if (is(last, "PREFIX")) return { slot: "prefix", writing };
  if (is(before.at(-2), "PREFIX") || is(last, "BASE")) return { slot: "none" };
  const { top } = reading(before);
  const wants = { GRAPH: "graph", FROM: "graph", SERVICE: "service" }[top.wants];
  const { subject, predicate, last: clause } = top;
  return { slot: wants ?? (top.typed ? "datatype" : top.slot), writing, subject, predicate, clause };
}

// The class that a query gives to a term by rdf:type, or the term itself if it is an IRI; null for what is not known.
export function classOf(subject, tokens, prefixes) {
  if (!subject) return null;
  const same = reading(meaningful(tokens)).triples.find(
    ([each, predicate, object]) =>
      each?.text === subject.text && iriOf(predicate, prefixes) === TYPE && iriOf(object, prefixes) !== null,
  );
  return same ? iriOf(same[2], prefixes) : iriOf(subject, prefixes);
}
