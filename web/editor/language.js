// The language of the text: SPARQL by the grammar of codemirror-lang-sparql, in the colours of the pages.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language";
import { keymap } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";
import { SparqlLanguage } from "codemirror-lang-sparql";
import { indentation } from "./layout.js";

// The classes are those that the server gives to the words of a query that it shows.
const COLOURS = tagHighlighter([
  { tag: [tags.keyword, tags.bool], class: "word" },
  { tag: tags.variableName, class: "variable" },
  { tag: tags.string, class: "string" },
  { tag: [tags.integer, tags.float], class: "number" },
  { tag: tags.comment, class: "comment" },
]);

const DATA = { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"', "'"] } };

export const language = [
  SparqlLanguage,
  SparqlLanguage.data.of(DATA),
  syntaxHighlighting(COLOURS),
  indentation,
  bracketMatching(),
  closeBrackets(),
  foldGutter(),
  keymap.of([...closeBracketsKeymap, ...foldKeymap]),
];
