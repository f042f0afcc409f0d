// The form of a saved query: things are suggested by their names as one types, and the address holds what they are
// in place of how they are called. And the citation of an answer that is kept, without leaving the page.

const WAIT = 120; // milliseconds without a letter
const MOST = 8;

// The ARIA pattern of a combobox with a list: the focus stays in the field, the arrows move through the list.
class Suggestions {
  constructor(field) {
    this.field = field;
    this.name = field.value;
    this.at = -1;
    this.timer = 0;
    this.list = document.createElement("ul");
    this.list.classList.add("suggestions");
    this.list.id = `${field.id}-list`;
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.labels[0].textContent);
    field.after(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]) {
      field.setAttribute(name, value);
    }
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  // The value that the field stands for: what was chosen, as long as its name was not changed.
  get value() {
    return this.field.dataset.value && this.field.value === this.name ? this.field.dataset.value : this.field.value;
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), WAIT);
  }

  async look() {
    const words = this.field.value.trim();
    if (!words) return this.close();
    const { suggest, kinds } = this.field.dataset;
    const query = new URLSearchParams({ q: words, type: suggest, limit: 40, lang: document.documentElement.lang });
    const answer = await fetch(`/search.json?${query}`);
    if (!answer.ok || this.field.value.trim() !== words || document.activeElement !== this.field) return;
    const found = (await answer.json()).results.filter((one) => !kinds || kinds.split(" ").includes(one.kind));
    this.show(found.slice(0, MOST));
  }

  show(found) {
    this.at = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...found.map((one, place) => this.option(one, place)));
    if (!found.length) {
      const none = document.createElement("li");
      none.textContent = this.field.dataset.none;
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      this.list.append(none);
    }
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
  }

  option(one, place) {
    const item = document.createElement("li");
    const note = document.createElement("small");
    item.id = `${this.list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    Object.assign(item.dataset, { id: one.id, label: one.label });
    note.textContent = [one.match === one.label ? "" : one.match, one.type_label].filter(Boolean).join(" · ");
    item.append(one.label, note);
    return item;
  }

  key(event) {
    if (this.list.hidden) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return;
    }
    const options = [...this.list.querySelectorAll("[aria-selected]")];
    if (!options.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      this.at = (this.at + step + options.length + (this.at < 0 && step < 0 ? 1 : 0)) % options.length;
      options.forEach((option, place) => option.setAttribute("aria-selected", String(place === this.at)));
      options[this.at].scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", options[this.at].id);
    } else if (event.key === "Enter" && this.at >= 0) {
      event.preventDefault();
      this.choose(options[this.at]);
    }
  }

  choose(option) {
    if (!option?.dataset.id) return; // that nothing was found
    this.field.value = this.name = option.dataset.label;
    this.field.dataset.value = option.dataset.id;
    this.field.removeAttribute("aria-invalid");
    this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

const form = document.querySelector("[data-fields]");

if (form) {
  const fields = [...form.querySelectorAll("[data-suggest]")].map((field) => new Suggestions(field));
  const names = new Set(fields.map((one) => one.field.name));
  form.addEventListener("formdata", (event) => {
    for (const name of names) event.formData.delete(name);
    for (const one of fields) event.formData.append(one.field.name, one.value);
    const filled = [...event.formData].filter(([, value]) => value.trim());
    for (const name of new Set(event.formData.keys())) event.formData.delete(name);
    for (const [name, value] of filled) event.formData.append(name, value);
  });
}

// To cite an answer is to keep it: its address takes the place of that of the page in the texts.
const citation = document.querySelector("[data-citation]");
const citing = document.querySelector("form[action='/q']");

if (citation && citing) {
  const told = citation.querySelector("[data-kept]");
  citing.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = citing.querySelector("button");
    button.disabled = true;
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch("/q", { method: "POST", headers, body: new URLSearchParams(new FormData(citing)) });
      if (!answer.ok) throw new Error(answer.statusText);
      const { address } = await answer.json();
      const [plain, bibtex] = citation.querySelectorAll("pre code");
      const entry = await fetch(`${address}.bib`);
      plain.textContent = plain.textContent.replace(citation.dataset.citation, address);
      bibtex.textContent = entry.ok ? await entry.text() : bibtex.textContent;
      const link = document.createElement("a");
      link.href = link.textContent = address;
      told.replaceChildren(`${told.dataset.kept} `, link);
      citation.scrollIntoView({ block: "start" });
      link.focus({ preventScroll: true });
    } catch {
      told.textContent = told.dataset.failed;
      button.disabled = false;
    }
  });
}

// The text of the query becomes an editor where it stands, once a reader wishes to change it.
const changing = document.querySelector("[data-changing]");

if (changing) {
  changing.addEventListener("toggle", () => import("/static/editor.min.js"), { once: true });
}
