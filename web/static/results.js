// A query is run without leaving the page: a clock and a way to stop it while it runs, then the answer, or what stood
// in its way. The address follows, so that back and forward lead through the answers. Without this script the same
// form leads to a page with the same answer.

const form = document.querySelector("[data-editor]");
const text = form.elements.query;
const answer = document.querySelector("[data-answer]");
const bar = document.querySelector("[data-running]");
const told = document.querySelector("[data-told]");
const clock = bar.querySelector("[data-clock]");
const cancel = bar.querySelector("[data-cancel]");

const LONGEST = 30000; // characters of an address that servers and proxies take
const MOST_KEPT = 20; // answers that are kept for the way back
const CARRIED = ["default-graph-uri", "named-graph-uri", "timeout"];

const first = text.value;
const kept = new Map();
let place = 0;
let running = null;

const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
const seconds = new Intl.NumberFormat(document.documentElement.lang, tenths);

// Show that a query runs, and for how long; the function that is given back ends that and tells the seconds.
function begin() {
  const started = performance.now();
  const passed = () => seconds.format((performance.now() - started) / 1000);
  const tick = () => { clock.textContent = `${passed()} s`; };
  tick();
  const ticking = setInterval(tick, 100);
  bar.hidden = false;
  told.textContent = told.dataset.busy;
  answer.setAttribute("aria-busy", "true");
  return () => {
    clearInterval(ticking);
    bar.hidden = true;
    told.textContent = "";
    answer.setAttribute("aria-busy", "false");
    return passed();
  };
}

// What is asked: the fields of the form, a query and a view in place of theirs, the graphs and the time of the address.
function fields({ query, view }) {
  const found = new URLSearchParams(new FormData(form));
  found.set("query", query);
  for (const name of CARRIED) {
    for (const value of new URLSearchParams(location.search).getAll(name)) found.append(name, value);
  }
  if (view) found.set("view", view);
  return found;
}

const titles = JSON.parse(form.dataset.problems); // what codes say, in the language of the page

// A box for what came instead of an answer, from the template of its code.
function failure(code, words = {}) {
  const [template] = [code, "other"].map((name) => document.querySelector(`[data-failure="${name}"]`)).filter(Boolean);
  const box = template.content.cloneNode(true).firstElementChild;
  for (const [name, value] of Object.entries(words)) {
    const slot = box.querySelector(`[data-slot="${name}"]`);
    if (slot) slot.textContent = value ?? "";
  }
  return box;
}

function show(content) {
  answer.replaceChildren(...(typeof content === "string" ? parsed(content) : [content]));
  tellApart();
  const problem = answer.querySelector("[data-problem]");
  if (problem) complain(problem);
  const summary = answer.querySelector("[data-summary]");
  told.textContent = summary ? summary.textContent.trim() : "";
  answer.dispatchEvent(new CustomEvent("sides:shown", { bubbles: true }));
}

// A page that shows another answer too has regions of the same names: these tell whose they are.
function tellApart() {
  const { still } = form.dataset;
  if (!still) return;
  for (const region of answer.querySelectorAll("[role=region]")) region.ariaLabel += ` (${still})`;
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.childNodes;
}

// Tell whoever shows the text of the query what is wrong with it, and where.
function complain(box) {
  const problem = JSON.parse(box.dataset.problem || "{}");
  const mark = () => form.dispatchEvent(new CustomEvent("sides:problem", { detail: problem }));
  mark();
  const go = box.querySelector("[data-go]");
  if (go && problem.line) {
    go.hidden = false;
    go.addEventListener("click", mark);
  }
  const again = box.querySelector("[data-again]");
  if (again) offer(again, Number(box.dataset.retry) || 0);
}

// A button that runs the query again, as soon as the server asked to wait for.
function offer(button, wait) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => run({ query: text.value }));
  const until = performance.now() + wait * 1000;
  const tick = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} (${left} s)` : words;
    if (left > 0 && button.isConnected) setTimeout(tick, 250);
  };
  tick();
}

// What an answer of the server becomes on the page.
async function outcome(response) {
  const content = await response.text();
  if (response.headers.get("Content-Type")?.startsWith("text/html")) return content;
  let problem = { status: response.status, title: `${response.status} ${response.statusText}` };
  try {
    problem = { ...problem, ...JSON.parse(content) };
  } catch {
    // A proxy answered in words of its own.
  }
  const box = failure(problem.code, { title: titles[problem.code] ?? problem.title, detail: problem.detail });
  if (titles[problem.code]) box.querySelector('[data-slot="title"]')?.removeAttribute("lang");
  box.dataset.problem = JSON.stringify(problem);
  box.dataset.retry = response.headers.get("Retry-After") ?? "";
  return box;
}

// The address of a page that shows more than this query stays as it is.
async function run(asked, { follow = !("still" in form.dataset) } = {}) {
  running?.abort();
  if (!asked.query.trim()) {
    show(failure("empty"));
    return;
  }
  const mine = (running = new AbortController());
  const body = fields(asked);
  const address = follow ? addressOf(body) : null;
  body.set("part", "answer");
  const end = begin();
  let content;
  try {
    const headers = { Accept: "application/problem+json, text/html;q=0.9" };
    const response = await fetch(form.action, { method: "POST", body, headers, signal: mine.signal });
    content = await outcome(response);
  } catch {
    content = mine.signal.aborted ? "stopped" : "lost";
  }
  if (running !== mine) return; // another has begun meanwhile
  running = null;
  const passed = end();
  if (content === "stopped" || content === "lost") content = failure(content, { seconds: passed });
  if (address) went(address);
  show(content);
  remember(asked.query);
  answer.scrollIntoView({ block: "nearest" });
}

// The history: an address for each query and view, and the answers of this visit by their places in it.

function addressOf(body) {
  const named = new URLSearchParams();
  for (const name of ["query", "view", "saved", ...CARRIED]) {
    for (const value of body.getAll(name)) named.append(name, value);
  }
  return tooLong(named) ? location.pathname : `${location.pathname}?${named}`;
}

function tooLong(named) {
  return location.pathname.length + 1 + String(named).length > LONGEST;
}

function went(address) {
  place += 1;
  const same = address === location.pathname + location.search;
  history[same ? "replaceState" : "pushState"]({ place }, "", address);
}

function remember(query) {
  kept.set(place, { query, content: [...answer.childNodes] });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value);
}

function write(query) {
  if (text.value === query) return;
  text.value = query;
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

window.addEventListener("popstate", (event) => {
  running?.abort();
  running = null;
  const was = kept.get(event.state?.place);
  const named = new URLSearchParams(location.search);
  const query = was?.query ?? named.get("query") ?? first;
  write(query);
  if (was) {
    place = event.state.place;
    answer.replaceChildren(...was.content);
  } else if (named.get("query")) {
    run({ query, view: named.get("view") }, { follow: false });
  } else {
    answer.replaceChildren();
  }
});

form.addEventListener("submit", (event) => {
  if (event.submitter && "away" in event.submitter.dataset) {
    event.submitter.formMethod = tooLong(new URLSearchParams({ query: text.value })) ? "post" : "get";
    return;
  }
  event.preventDefault();
  run({ query: text.value });
});

// Another view of the same answer.
answer.addEventListener("submit", (event) => {
  const views = event.target.closest("[data-views]");
  if (!views) return;
  event.preventDefault();
  run({ query: views.elements.query.value, view: event.submitter.value });
});

// Which saved query the text in the editor was made of, if any: its columns have the headings of that one.
function madeOf(name) {
  form.elements.saved?.remove();
  if (name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "saved", value: name }));
}

document.addEventListener("click", (event) => {
  const taken = event.target.closest("[data-load], [data-texts] button");
  if (taken && (event.defaultPrevented || !taken.href)) madeOf(taken.dataset.load);
});

cancel.addEventListener("click", () => {
  running?.abort();
  form.querySelector("[type=submit]").focus(); // the button that was pressed goes
});

// What the page came with, once whoever marks mistakes is there.
document.addEventListener("DOMContentLoaded", () => {
  history.replaceState({ place }, "");
  if (!answer.firstElementChild) return;
  remember(first);
  const problem = answer.querySelector("[data-problem]");
  if (problem) complain(problem);
});
