// Search among the terms of the ontology, which all stand on this page: by name, label and definition, in both languages.

const MOST = 12;

const form = document.querySelector("[data-terms]");
const field = form.querySelector("[type=search]");
const list = document.querySelector("[data-hits]");
const count = document.querySelector("[data-count]");

// Without accents and capitals, and the words of a name apart: "memberOf" is found by "member of".
function folded(text) {
  return `${text} ${text.replace(/([a-z])([A-Z])/g, "$1 $2")}`.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

const terms = [...document.querySelectorAll(".term[id], .concepts li[id]")].map((place) => {
  const concept = place.matches("li");
  const name = place.querySelector("code").textContent;
  const labels = [...place.querySelectorAll(":scope > strong, :scope > small")].map((label) => label.textContent);
  const title = concept ? `${name} ${labels.join(" ")}` : place.querySelector("h3").textContent;
  const own = [...place.childNodes].find((node) => node.textContent.trim().startsWith("–"));
  const told = (concept ? own : place.querySelector("p:not(.quiet)"))?.textContent.replace("–", "").trim() ?? "";
  return { id: place.id, name, title: title.replace(name, "").trim(), told, near: folded(title), far: folded(told) };
});

// How well a term fits the words: nothing where one of them is missing; a name goes before a definition. Of terms that
// fit alike, the one goes first whose names have the least beside the words.
function score(term, words) {
  let sum = 0;
  for (const word of words) {
    if (term.near.split(/[\s:/]+/).includes(word)) sum += 4;
    else if (term.near.includes(word)) sum += 3;
    else if (term.far.includes(word)) sum += 1;
    else return 0;
  }
  return sum;
}

function found() {
  const words = folded(field.value).split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const scored = terms.map((term) => [score(term, words), term]).filter(([points]) => points);
  return scored.sort(([a, one], [b, other]) => b - a || one.near.length - other.near.length).map(([, term]) => term);
}

function hit(term) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const name = document.createElement("code");
  name.textContent = term.name;
  link.href = `#${term.id}`;
  link.append(name, ` ${term.title}`);
  item.append(link, term.told ? ` – ${term.told}` : "");
  return item;
}

field.addEventListener("input", () => {
  const hits = found();
  list.replaceChildren(...hits.slice(0, MOST).map(hit));
  list.hidden = !hits.length;
  const told = hits.length > MOST ? `${MOST} / ${hits.length}` : `${hits.length}`;
  count.textContent = !field.value.trim() ? "" : hits.length ? told : form.dataset.none;
});

form.addEventListener("submit", (event) => {
  const [first] = found();
  if (!first) return; // the search of the whole site has names that this page has not
  event.preventDefault();
  location.hash = first.id;
});
