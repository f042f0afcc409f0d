// What the query may go on with, fitting the place: terms of the graph by name or label, and words of the language.

import { autocompletion, pickedCompletion } from "@codemirror/autocomplete";
import { EditorView } from "@codemirror/view";
import { classOf, declared, iriOf, placeAt, prologueEnd, TYPE, variables } from "./query.js";
import { suggestions } from "./server.js";
import { tokensOf } from "./tokens.js";
import { number, settings } from "./settings.js";
import { viewOptions } from "./views.js";

const FUNCTIONS = [
  "ABS BNODE BOUND CEIL COALESCE CONCAT CONTAINS DATATYPE DAY ENCODE_FOR_URI EXISTS FLOOR HOURS IF IRI",
  "isBLANK isIRI isLITERAL isNUMERIC LANG LANGMATCHES LCASE MD5 MINUTES MONTH NOW RAND REGEX REPLACE",
  "ROUND sameTerm SECONDS SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN",
  "STRSTARTS STRUUID SUBSTR TIMEZONE TZ UCASE UUID YEAR",
]
  .join(" ")
  .split(" ");
const AGGREGATES = "AVG COUNT GROUP_CONCAT MAX MIN SAMPLE SUM".split(" ");
const PATTERNS = [
  "OPTIONAL", "FILTER", "BIND", "VALUES", "UNION", "MINUS", "GRAPH", "SERVICE", "FILTER EXISTS",
  "FILTER NOT EXISTS", "SELECT",
];
const CLAUSES = [
  "PREFIX", "BASE", "SELECT", "SELECT DISTINCT", "CONSTRUCT", "ASK", "DESCRIBE", "FROM", "FROM NAMED",
  "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT", "OFFSET", "VALUES", "DESC", "ASC",
];

const MOST_AT_ONCE = 40;

// A term that is chosen brings the line which declares its prefix.
function put(view, completion, from, to, insert) {
  const { doc } = view.state;
  const tokens = tokensOf(doc);
  const prefix = /^([^<:?]*):/.exec(insert)?.[1];
  const namespace = settings.prefixes[prefix];
  const changes = [{ from, to, insert }];
  let moved = 0;
  if (namespace && !declared(tokens).has(prefix)) {
    const line = `PREFIX ${prefix}: <${namespace}>\n`;
    const end = prologueEnd(tokens, doc);
    const place = Math.min(end, from);
    const broken = end > 0 && doc.sliceString(end - 1, end) !== "\n" ? `\n${line}` : line;
    changes.unshift({ from: place, insert: broken });
    moved = broken.length;
  }
  view.dispatch({
    changes,
    selection: { anchor: from + moved + insert.length },
    annotations: pickedCompletion.of(completion),
    scrollIntoView: true,
    userEvent: "input.complete",
  });
}

// How a suggestion is written by the prefixes of the query, or by those of the graph.
function written(found, given) {
  for (const [prefix, namespace] of given) {
    const local = found.iri.startsWith(namespace) ? found.iri.slice(namespace.length) : null;
    if (local !== null && namespace && /^[\p{L}\p{N}_-]+$/u.test(local)) return `${prefix}:${local}`;
  }
  const prefix = found.id.split(":")[0];
  const free = found.id !== found.iri && settings.prefixes[prefix] && !given.has(prefix);
  return free ? found.id : `<${found.iri}>`;
}

function option(found, type, given, place) {
  const label = written(found, given);
  const counted = found.count === undefined ? "" : number(found.count);
  const name = found.label ?? "";
  const detail = [name === label ? "" : name, found.sort, found.entity, counted].filter(Boolean).join(" · ");
  const info = found.description ? () => paragraph(found.description) : undefined;
  const apply = (view, completion, from, to) => put(view, completion, from, to, label);
  return { label, detail, type, info, apply, boost: -place };
}

function paragraph(text) {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}

function ofWords(list, type, typed, suffix = "") {
  const upper = typed.toUpperCase();
  return list
    .filter((word) => word.toUpperCase().startsWith(upper))
    .map((word) => ({ label: word, type, apply: word + suffix }));
}

function ofVariables(tokens, typed, writing) {
  const others = variables(tokens.filter((token) => token !== writing));
  return others
    .filter((name) => name.toLowerCase().startsWith(typed.toLowerCase()))
    .map((label) => ({ label, type: "variable" }));
}

function ofPrefixes(typed, given) {
  const [known, apart] = [settings.prefixes, typed.toLowerCase()];
  const names = [...new Set([...given.keys(), ...Object.keys(known)])];
  return names
    .filter((prefix) => prefix.toLowerCase().startsWith(apart) && prefix !== "")
    .map((prefix) => ({
      label: `${prefix}:`,
      detail: given.get(prefix) ?? known[prefix],
      type: "namespace",
      boost: -50,
      apply: (view, completion, from, to) => put(view, completion, from, to, `${prefix}:`),
    }));
}

// What is asked of the server at a place: a kind of terms, with the class whose properties go first, or the property
// whose values do.
function wanted(place, tokens, prefixes) {
  if (place.slot === "predicate") return ["property", { class: classOf(place.subject, tokens, prefixes) }];
  if (place.slot === "object" && iriOf(place.predicate, prefixes) === TYPE) return ["class"];
  if (place.slot === "graph") return ["graph"];
  if (place.slot === "object") return ["entity", { property: iriOf(place.predicate, prefixes) }];
  if (["subject", "list", "values", "expression"].includes(place.slot)) return ["entity"];
  return place.slot === "top" && place.clause === "DESCRIBE" ? ["entity"] : null;
}

// Whether so little may stand at a place that it is shown before anything is typed: a class, a graph.
function few(place, given) {
  return place.slot === "graph" || (place.slot === "object" && iriOf(place.predicate, given) === TYPE);
}

// The words of the language that may stand at a place.
function language(place, typed) {
  if (place.slot === "top") {
    const ordering = ["BY", "HAVING", "SELECT", "DISTINCT"].includes(place.clause);
    const called = ordering ? ofWords([...AGGREGATES, ...FUNCTIONS], "function", typed, "(") : [];
    return [...ofWords(CLAUSES, "keyword", typed, " "), ...called];
  }
  if (place.slot === "expression") {
    return ofWords([...FUNCTIONS, ...AGGREGATES, "AS", "IN", "NOT IN", "DISTINCT"], "function", typed);
  }
  if (place.slot === "subject" || place.slot === "after") return ofWords(PATTERNS, "keyword", typed, " ");
  if (place.slot === "predicate") return ofWords(["a"], "keyword", typed, " ");
  return place.slot === "service" ? ofWords(["SILENT"], "keyword", typed, " ") : [];
}

// Names are asked for by their prefix as the graph has it, whatever the query calls it.
function asked(text, given) {
  const colon = text.indexOf(":");
  if (colon < 0) return text;
  const namespace = given.get(text.slice(0, colon)) ?? settings.prefixes[text.slice(0, colon)];
  const [prefix] = Object.entries(settings.prefixes).find(([, each]) => each === namespace) ?? [null];
  return prefix === null ? null : `${prefix}:${text.slice(colon + 1)}`;
}

async function source(context) {
  const tokens = tokensOf(context.state.doc);
  const place = placeAt(tokens, context.pos);
  if (place.comment) return viewOptions(place.comment, context.pos, tokens);
  if (place.slot === "none") return null;
  const from = place.writing?.from ?? context.pos;
  const typed = context.state.doc.sliceString(from, context.pos);
  const given = declared(tokens);
  if (!typed && !context.explicit && !few(place, given)) return null;
  if (place.slot === "prefix") {
    const options = ofPrefixes(typed, new Map()).map((each) => ({ ...each, apply: declaring }));
    return { from, options, filter: false };
  }
  if (/^[?$]/.test(typed)) {
    return { from, options: ofVariables(tokens, typed, place.writing), filter: false };
  }
  const named = asked(typed.replace(/^</, ""), given);
  const every = new Map([...Object.entries(settings.prefixes), ...given]);
  const asking = named === null ? null : wanted(place, tokens, every);
  const found = asking ? await suggestions(asking[0], named, asking[1]) : [];
  if (context.aborted) return null;
  const options = found.map((each, nth) => option(each, asking[0], given, nth));
  if (!typed.includes(":") && !typed.startsWith("<")) {
    const ofLanguage = language(place, typed);
    if (typed) options.unshift(...ofLanguage);
    else options.push(...ofVariables(tokens, "", null), ...ofLanguage);
    if (typed) options.push(...ofPrefixes(typed, given));
  }
  return { from, options: options.slice(0, MOST_AT_ONCE), filter: false };
}

function declaring(view, completion, from, to) {
  const insert = `${completion.label} <${completion.detail}>`;
  const selection = { anchor: from + insert.length };
  view.dispatch({ changes: { from, to, insert }, selection, userEvent: "input.complete" });
}

// While the list is open the field is a combobox, as its list is read and scrolled by the keys of the field. What has
// more lines than one is a textbox by its role, so that is what it is otherwise.
const combobox = EditorView.updateListener.of(({ view }) => {
  const dom = view.contentDOM;
  const open = dom.hasAttribute("aria-controls");
  if (open === (dom.getAttribute("role") === "combobox")) return;
  dom.setAttribute("role", open ? "combobox" : "textbox");
  dom.toggleAttribute("aria-expanded", open);
  dom.toggleAttribute("aria-multiline", !open);
  dom.setAttribute(open ? "aria-expanded" : "aria-multiline", "true");
});

export const completion = [
  autocompletion({
    override: [source],
    icons: false,
    activateOnTypingDelay: 120,
    optionClass: ({ type }) => `sort-${type}`,
  }),
  combobox,
];
