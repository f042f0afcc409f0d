// What is done with the whole text: putting it in order, a short address for it, the code that asks it from elsewhere.

import { ordered } from "./layout.js";
import { field, form, settings, tell, words } from "./settings.js";

const DELAY = 400; // milliseconds without a key
const CHOSEN = "sides.code"; // the language that was chosen last, in the storage of the browser

// What the server answers about the text; an error says why there is nothing, in the language of the page.
async function post(address) {
  const body = new URLSearchParams({ query: field.value });
  const headers = { Accept: "application/json" };
  const response = await fetch(address, { method: "POST", body, headers }).catch(() => null);
  const found = await response?.json().catch(() => null);
  if (response?.ok && found) return found;
  const reason = settings.problems[found?.code] ?? words("unreached");
  throw new Error(found?.line ? words("placed", { reason, line: found.line, column: found.column }) : reason);
}

function copying(button, text) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    tell(words("copied"));
  });
}

function arranging(view) {
  const button = form.querySelector("[data-order]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const changes = ordered(view.state.doc);
    view.dispatch({ changes, userEvent: "input.order" });
    tell(words(changes.length ? "ordered" : "in_order"));
    view.focus();
  });
}

function shortening() {
  const button = form.querySelector("[data-short]");
  if (!button) return; // this server keeps no answers
  const box = form.querySelector("[data-address]");
  const link = box.querySelector("a");
  copying(box.querySelector("button"), () => link.href);
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    tell(words("shortening"));
    try {
      const { address } = await post("/q");
      link.href = link.textContent = address;
      box.hidden = false;
      tell(words("shortened"));
    } catch (error) {
      tell(words("unshortened", { reason: error.message }));
    }
    button.disabled = false;
  });
  return () => {
    box.hidden = true;
  };
}

function chosen(list) {
  let last = null;
  try {
    last = localStorage.getItem(CHOSEN);
  } catch {
    // No storage: the first language it is.
  }
  return list.some(({ name }) => name === last) ? last : list[0].name;
}

function coding() {
  const panel = document.querySelector("[data-code-panel]");
  const [select, code] = [panel.querySelector("select"), panel.querySelector("code")];
  const missing = panel.querySelector("[data-uncoded]");
  let list = [];
  const show = () => {
    code.textContent = list.find(({ name }) => name === select.value)?.text ?? "";
  };
  const renew = async () => {
    if (!panel.open) return;
    const reason = await post("/code.json").then(({ snippets }) => void (list = snippets), ({ message }) => message);
    missing.textContent = reason ? words("uncoded", { reason }) : "";
    missing.hidden = !reason;
    code.parentElement.hidden = select.parentElement.hidden = Boolean(reason);
    if (reason) return;
    const name = chosen(list);
    select.replaceChildren(...list.map((each) => new Option(each.label, each.name, false, each.name === name)));
    show();
  };
  copying(panel.querySelector("button"), () => code.textContent);
  panel.hidden = false;
  panel.addEventListener("toggle", renew);
  select.addEventListener("change", () => {
    try {
      localStorage.setItem(CHOSEN, select.value);
    } catch {
      // No storage: it is chosen for now.
    }
    show();
  });
  return renew;
}

// Set up the tools; what is given back is to be called when the text has changed.
export function equip(view) {
  arranging(view);
  const [forget, renew] = [shortening(), coding()];
  let waiting = null;
  return () => {
    forget?.();
    clearTimeout(waiting);
    waiting = setTimeout(renew, DELAY);
  };
}
