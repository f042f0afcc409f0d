// What can be taken into the editor: the saved queries, found by their words, and the texts that were run here before.

import { field, form, tell, words } from "./settings.js";

const KEY = "sides.queries"; // in the storage of the browser; texts alone, never answers
const MOST = 30;
const LARGEST = 200000; // characters of all texts
const WIDE = "(min-width: 64rem)";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function put(query, view) {
  field.value = query;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  view.focus();
}

// The text of a saved query: in the place of its head (lines that begin with "#+"), its question and its view.
async function load(link, view) {
  const response = await fetch(`/queries/${link.dataset.load}.rq`);
  if (!response.ok) throw new Error(response.statusText);
  const lines = (await response.text()).split("\n").filter((line) => !line.startsWith("#+"));
  const question = link.textContent.trim();
  put([`# ${question}`, link.dataset.view, lines.join("\n").trim()].filter(Boolean).join("\n"), view);
  tell(words("loaded", { question }));
}

function saved(view) {
  const shelf = document.querySelector("[data-saved]");
  shelf.open = matchMedia(WIDE).matches;
  shelf.addEventListener("click", (event) => {
    const link = event.target.closest("[data-load]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    load(link, view).catch(() => location.assign(link.href));
  });
  const search = shelf.querySelector("[data-search]");
  search.parentElement.hidden = false;
  search.addEventListener("input", () => filter(shelf, plain(search.value).split(/\s+/).filter(Boolean)));
}

function filter(shelf, asked) {
  let found = 0;
  for (const section of shelf.querySelectorAll("[data-theme]")) {
    const items = [...section.querySelectorAll("li")];
    for (const item of items) {
      const known = plain(item.dataset.words);
      item.hidden = !asked.every((word) => known.includes(word));
    }
    const left = items.filter((item) => !item.hidden).length;
    section.hidden = left === 0;
    found += left;
  }
  shelf.querySelector("[data-nothing]").hidden = found > 0;
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(found) ? found.filter((text) => typeof text === "string").slice(0, MOST) : [];
  } catch {
    return []; // no storage, or not ours
  }
}

function keep(texts) {
  try {
    if (texts.length) localStorage.setItem(KEY, JSON.stringify(texts));
    else localStorage.removeItem(KEY);
  } catch {
    // No storage, or none left: the list is not kept.
  }
}

// The newest first, each once, as many as there is room for.
function remembered(query) {
  let room = LARGEST;
  const every = [query, ...kept().filter((text) => text !== query)];
  return every.slice(0, MOST).filter((text) => (room -= text.length) >= 0);
}

// What tells a query from others at a glance: its first comment, or else its first line that declares nothing.
function title(query) {
  const lines = query.split("\n").map((line) => line.trim());
  const comment = lines.find((line) => /^#\s*\p{L}/u.test(line) && !/^#\w+:/.test(line));
  return (comment ?? lines.find((line) => line && !/^(PREFIX|BASE|#)/i.test(line)) ?? query).replace(/^#\s*/, "");
}

function listed(list, view) {
  list.replaceChildren(
    ...kept().map((query) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title(query);
      button.title = query;
      button.addEventListener("click", () => put(query, view));
      item.append(button);
      return item;
    }),
  );
}

function past(view) {
  const shelf = document.querySelector("[data-past]");
  const list = shelf.querySelector("[data-texts]");
  const show = () => {
    listed(list, view);
    shelf.hidden = list.childElementCount === 0;
  };
  form.addEventListener("submit", () => {
    if (field.value.trim()) keep(remembered(field.value));
    show();
  });
  shelf.querySelector("[data-forget]").addEventListener("click", () => {
    keep([]);
    show();
    tell(words("forgotten"));
    view.focus();
  });
  addEventListener("storage", show); // another page of the same site
  show();
}

export function shelve(view) {
  saved(view);
  past(view);
}
