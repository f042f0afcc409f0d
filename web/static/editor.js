// The query form without leaving the page: the answer is put below it, a mistake is marked in the text.
// Without this script the same form leads to a page with the same answer.

const form = document.querySelector("[data-editor]");
const answer = document.querySelector("[data-answer]");
const text = form.querySelector("textarea");
const run = form.querySelector("[type=submit]");
const stop = form.querySelector("[data-stop]");
const state = form.querySelector("[data-state]");
const keys = state.textContent;
let running = null;

// The offset of a line and column, both from 1, in characters (code points) as the server counts them.
function offset(line, column) {
  const lines = text.value.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return before + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

// Select the word at which the query went wrong, and bring it into view.
function mark(problem) {
  const line = Number(problem.dataset.line);
  const start = Math.min(offset(line, Number(problem.dataset.column)), text.value.length);
  const word = /^[\p{L}\p{N}_:?$-]+|^[^]/u.exec(text.value.slice(start));
  text.focus();
  text.setSelectionRange(start, start + (word ? word[0].length : 0));
  const height = text.scrollHeight / text.value.split("\n").length;
  text.scrollTop = Math.max(0, (line - 4) * height);
}

function show(html) {
  answer.innerHTML = html;
  const problem = answer.querySelector(".problem[data-line]");
  if (!problem) return;
  const button = problem.querySelector("[data-go]");
  button.hidden = false;
  button.addEventListener("click", () => mark(problem));
  mark(problem);
}

function busy(now) {
  run.disabled = now;
  stop.hidden = !now;
  answer.setAttribute("aria-busy", String(now));
  state.textContent = now ? form.dataset.running : keys;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  const mine = (running = new AbortController());
  const body = new URLSearchParams({ query: text.value, part: "answer" });
  busy(true);
  let words = keys;
  try {
    const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: mine.signal });
    show(await response.text());
  } catch (error) {
    words = mine.signal.aborted ? form.dataset.stopped : form.dataset.unreachable;
  }
  if (running !== mine) return;
  busy(false);
  state.textContent = words;
});

stop.addEventListener("click", () => running?.abort());

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

const mistaken = answer.querySelector(".problem[data-line]");
if (mistaken) show(answer.innerHTML);
