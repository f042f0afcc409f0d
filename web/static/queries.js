// The list of saved queries narrows as one types: the server finds, the list alone is fetched, the address follows.

const WAIT = 150; // milliseconds without a letter

const form = document.querySelector("[data-narrow]");
const place = document.querySelector("[data-found]");
const words = form.querySelector("[name=q]");
let running = null;
let timer = 0;

// What else narrows the list stands in the form, so that the next search keeps it.
function keep(query) {
  form.querySelectorAll("[type=hidden]").forEach((input) => input.remove());
  for (const [name, value] of query) {
    if (name === "q") continue;
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
}

async function show(query, { push = false } = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const open = place.querySelector("[data-tags]")?.open;
  const address = query.size ? `/queries?${query}` : "/queries";
  try {
    const part = new URLSearchParams([...query, ["part", "found"]]);
    const answer = await fetch(`/queries?${part}`, { headers: { Accept: "text/html" }, signal: mine.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    place.innerHTML = await answer.text();
  } catch (error) {
    if (!mine.signal.aborted) place.querySelector("[role=status]").textContent = form.dataset.lost;
    return;
  }
  place.querySelector("[data-tags]")?.toggleAttribute("open", Boolean(open) || query.has("tag"));
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  keep(query);
}

// What the form asks for, without what is empty.
function asked() {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
}

words.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => show(asked()), WAIT);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(asked(), { push: true });
});

place.addEventListener("click", async (event) => {
  const step = event.target.closest("a[data-step]");
  if (!step || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const query = new URL(step.href).searchParams;
  words.value = query.get("q") ?? "";
  const name = step.firstChild.textContent;
  await show(query, { push: true });
  // The list was made anew: the focus goes to the same step, or to the number of queries.
  const again = [...place.querySelectorAll("a[data-step]")].find((other) => other.firstChild.textContent === name);
  (again ?? words).focus();
});

window.addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  words.value = query.get("q") ?? "";
  show(query);
});
