// What a name in the query stands for: its label and definition, while the pointer rests on it.

import { hoverTooltip } from "@codemirror/view";
import { declared, iriOf } from "./query.js";
import { known } from "./server.js";
import { number, settings } from "./settings.js";
import { tokensOf } from "./tokens.js";

function line(kind, text) {
  const element = document.createElement("p");
  element.className = kind;
  element.textContent = text;
  return element;
}

function card(term, token) {
  const box = document.createElement("div");
  box.className = "cm-meaning";
  const name = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = term.label || term.id || token.text;
  name.append(strong);
  const facts = [term.sort, term.entity, term.count === undefined ? "" : number(term.count)].filter(Boolean);
  if (facts.length) name.append(` · ${facts.join(" · ")}`);
  box.append(name);
  if (term.description) box.append(line("", term.description));
  box.append(line("quiet", term.iri));
  return box;
}

export const meaning = hoverTooltip(async (view, position) => {
  const tokens = tokensOf(view.state.doc);
  const token = tokens.find(({ from, to }) => from <= position && position < to);
  const given = new Map([...Object.entries(settings.prefixes), ...declared(tokens)]);
  const iri = iriOf(token, given);
  if (!iri) return null;
  const term = (await known([iri])).get(iri);
  if (!term?.id && !term?.label) return null;
  return { pos: token.from, end: token.to, above: true, create: () => ({ dom: card(term, token) }) };
});
