// The editor over the text field of the form. The field keeps the text, so that the form works as it does without this
// script: what is written here stands in the field, and what is set into the field (with an event "input") stands here.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { lintKeymap } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { checking, listen } from "./checking.js";
import { completion } from "./completion.js";
import { meaning } from "./hover.js";
import { language } from "./language.js";
import { field, form, settings } from "./settings.js";
import { shelve } from "./shelf.js";
import { theme } from "./theme.js";
import { equip } from "./tools.js";

let changed = () => {};

// No event tells of what is written here into the field: it would come back.
const kept = EditorView.updateListener.of((update) => {
  if (!update.docChanged) return;
  field.value = update.state.doc.toString();
  changed();
});

function run() {
  form.requestSubmit();
  return true;
}

const ATTRIBUTES = {
  "aria-labelledby": "query-label",
  "aria-describedby": "query-keys",
  class: "query",
  spellcheck: "false",
  tabindex: "0",
};

function extensions() {
  return [
    keymap.of([{ key: "Mod-Enter", run }]),
    EditorState.phrases.of(settings.phrases),
    lineNumbers(),
    highlightActiveLineGutter(),
    drawSelection(),
    history(),
    highlightSelectionMatches(),
    language,
    completion,
    meaning,
    checking,
    theme,
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
    EditorView.contentAttributes.of(ATTRIBUTES),
    EditorView.lineWrapping,
    kept,
  ];
}

// Take over what is set into the field, as one step that can be undone.
function follow(view) {
  if (field.value === view.state.doc.toString()) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: field.value }, userEvent: "input.set" });
}

function start() {
  const parent = form.querySelector("[data-code]");
  const view = new EditorView({ state: EditorState.create({ doc: field.value, extensions: extensions() }), parent });
  listen(view);
  if (document.querySelector(".shelf")) shelve(view);
  changed = equip(view);
  field.addEventListener("input", () => follow(view));
  document.querySelector("#query-label").addEventListener("click", (event) => {
    event.preventDefault();
    view.focus();
  });
  field.classList.add("hidden");
  field.tabIndex = -1;
  field.setAttribute("aria-hidden", "true");
  form.querySelector("[data-keys]").hidden = false;
}

field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});

// Browsers that cannot adopt style sheets keep the plain field.
if ("adoptedStyleSheets" in document) start();
