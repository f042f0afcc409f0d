// How the editor looks: all by the tokens of the pages, so that it is light and dark with them.

import { EditorView } from "@codemirror/view";

const BOX = {
  color: "var(--ink)",
  backgroundColor: "var(--raised)",
  border: "1px solid var(--quiet)",
  borderRadius: "var(--round-1)",
  fontFamily: "var(--sans)",
  fontSize: "var(--text-1)",
};
const CHOSEN = { color: "var(--accent-ink)", backgroundColor: "var(--accent)" };

const wavy = (colour) => ({ backgroundImage: "none", textDecoration: `underline wavy var(${colour})` });
const ruled = (colour) => ({ borderLeft: `4px solid var(${colour})` });

export const theme = EditorView.theme({
  "&": {
    color: "var(--ink)",
    backgroundColor: "var(--raised)",
    borderRadius: "var(--round-1)",
    fontSize: "var(--text-1)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", minHeight: "12rem", maxHeight: "30rem" },
  ".cm-content": { caretColor: "var(--ink)", padding: "var(--gap-3) 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--ink)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--select)",
  },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "var(--sunk)", border: "0" },
  ".cm-activeLineGutter": { color: "var(--ink)", backgroundColor: "transparent", fontWeight: "700" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--accent)",
  },
  "&.cm-focused .cm-nonmatchingBracket, .cm-nonmatchingBracket": {
    backgroundColor: "transparent",
    color: "var(--bad)",
  },
  ".cm-foldPlaceholder": { color: "var(--quiet)", backgroundColor: "var(--sunk)", border: "1px solid var(--line)" },
  ".cm-searchMatch": { backgroundColor: "var(--mark)", color: "var(--ink)" },
  ".cm-searchMatch-selected": { outline: "2px solid var(--accent)" },
  ".cm-tooltip": { ...BOX, maxWidth: "min(34rem, 92vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mono)",
    maxHeight: "16rem",
    minWidth: "14rem",
    maxWidth: "92vw",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "var(--gap-1) var(--gap-2)", lineHeight: "1.4" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": CHOSEN,
  ".cm-completionDetail": {
    fontFamily: "var(--sans)",
    fontStyle: "normal",
    color: "var(--quiet)",
    marginLeft: "var(--gap-3)",
  },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-tooltip.cm-completionInfo": { padding: "var(--gap-2) var(--gap-3)", maxWidth: "24rem" },
  ".cm-tooltip.cm-completionInfo p": { margin: "0" },
  "@media (max-width: 40rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".cm-meaning": { padding: "var(--gap-2) var(--gap-3)" },
  ".cm-meaning p, .cm-diagnostic p": { margin: "0" },
  ".cm-meaning p:last-child": { overflowWrap: "anywhere" },
  ".cm-lintRange-error": wavy("--bad"),
  ".cm-lintRange-warning": wavy("--warm"),
  ".cm-lintRange-active": { backgroundColor: "var(--mark)" },
  ".cm-lintPoint:after": { borderBottomColor: "var(--bad)" },
  ".cm-diagnostic": { padding: "var(--gap-2) var(--gap-3)", whiteSpace: "pre-line" },
  ".cm-diagnostic-error": ruled("--bad"),
  ".cm-diagnostic-warning": ruled("--warm"),
  ".cm-diagnosticAction": {
    ...CHOSEN,
    font: "inherit",
    minHeight: "var(--target)",
    margin: "var(--gap-1) var(--gap-2) 0 0",
    borderRadius: "var(--round-1)",
  },
  ".cm-panels": { color: "var(--ink)", backgroundColor: "var(--sunk)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { fontFamily: "var(--sans)", padding: "var(--gap-2) var(--gap-3)" },
  ".cm-panel.cm-search input[type=checkbox]": { minHeight: "0", width: "auto" },
  ".cm-panel.cm-search label": {
    display: "inline-flex",
    alignItems: "center",
    gap: "var(--gap-1)",
    fontSize: "var(--text-1)",
  },
  ".cm-textfield": {
    fontSize: "var(--text-1)",
    width: "12rem",
    backgroundColor: "var(--raised)",
    border: "1px solid var(--quiet)",
  },
  ".cm-button": {
    ...CHOSEN,
    backgroundImage: "none",
    fontSize: "var(--text-1)",
    minHeight: "var(--target)",
    border: "0",
  },
});
