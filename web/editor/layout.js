// How lines are indented, as one writes and when the whole query is put in order: by open brackets, and once more
// after a semicolon or a comma. Only the spaces at the ends of lines change, never those within a string.

import { indentService } from "@codemirror/language";
import { tokenise, tokensOf } from "./tokens.js";

const STEP = 2;
const OPEN = new Set(["{", "(", "["]);
const CLOSED = new Set(["}", ")", "]"]);

// The columns by which a line is indented that begins at a position with some text; null: as it stands.
function columns(tokens, start, text) {
  let depth = 0;
  let last = null;
  for (const token of tokens) {
    if (token.from >= start) break;
    if (token.to > start) return null;
    if (token.kind === "mark") depth += Number(OPEN.has(token.text)) - Number(CLOSED.has(token.text));
    if (token.kind !== "comment") last = token;
  }
  const [first] = tokenise(text);
  if (first && CLOSED.has(first.text)) depth -= 1;
  else if (depth > 0 && (last?.text === ";" || last?.text === ",") && !OPEN.has(first?.text)) depth += 1;
  if (depth <= 0 && first && !["word", "comment"].includes(first.kind) && !CLOSED.has(first.text)) return null;
  return Math.max(depth, 0) * STEP;
}

export const indentation = indentService.of((context, position) => {
  const line = context.lineAt(position, 1);
  const found = columns(tokensOf(context.state.doc), line.from, line.text);
  return found ?? /^ */.exec(line.text)[0].length;
});

// What puts a text in order, as changes to it: none where it is in order.
export function ordered(doc) {
  const tokens = tokensOf(doc);
  const strings = tokens.filter(({ kind }) => kind === "string");
  const within = (position) => strings.some(({ from, to }) => from < position && position < to);
  const changes = [];
  for (let number = 1; number <= doc.lines; number += 1) {
    const { from, to, text } = doc.line(number);
    const begins = /^[ \t]*/.exec(text)[0].length;
    const ends = /[ \t]*$/.exec(text)[0].length;
    const wanted = columns(tokens, from, text.trim());
    if (text.trim() && wanted !== null && text.slice(0, begins) !== " ".repeat(wanted)) {
      changes.push({ from, to: from + begins, insert: " ".repeat(wanted) });
    }
    if (ends && !within(to)) changes.push({ from: to - ends, to });
  }
  return changes;
}
