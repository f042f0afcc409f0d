// What the page tells the editor: the prefixes of the graph, the texts in the language of the page.

export const form = document.querySelector("[data-editor]");
export const field = form.elements.query;
export const language = document.documentElement.lang;

const told = (name) => JSON.parse(form.dataset[name]);

export const settings = {
  prefixes: told("prefixes"),
  phrases: told("phrases"),
  views: told("views"),
  viewKeys: told("keys"),
  problems: told("problems"),
};
const texts = told("words");

// A text of the page, with the words that stand in its {holes}.
export function words(name, holes = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, hole) => holes[hole]);
}

const numbers = new Intl.NumberFormat(language);

export function number(value) {
  return numbers.format(value);
}

const state = form.querySelector("[data-state]");

// Tell the reader that something has been done.
export function tell(text) {
  state.textContent = text;
}
