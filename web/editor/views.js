// The line by which a query names its view ("#view: bars x=?year y=?sum"): its names, its keys, the columns.

import { settings } from "./settings.js";
import { variables } from "./query.js";

const LINE = /^#\s*view\s*:/i;

// What may stand at a position in such a line; null in any other comment.
export function viewOptions(comment, position, tokens) {
  if (!LINE.test(comment.text)) return null;
  const before = comment.text.slice(0, position - comment.from);
  const typed = /[\w?]*$/.exec(before)[0];
  const start = before.slice(0, before.length - typed.length).replace(LINE, "");
  const [list, type, suffix] = sort(start, typed, tokens);
  const options = list
    .filter((word) => word.toLowerCase().startsWith(typed.toLowerCase()))
    .map((word) => ({ label: word, type, apply: word + suffix }));
  return { from: position - typed.length, options, filter: false };
}

function sort(start, typed, tokens) {
  if (/[=,]$/.test(start)) return [variables(tokens), "variable", ""];
  return start.trim() ? [settings.viewKeys, "property", "="] : [settings.views, "keyword", " "];
}
