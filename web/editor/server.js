// What the server knows: suggestions and terms. What was asked is kept as long as the page is open.

const language = document.documentElement.lang;
const answers = new Map();
const MOST = 500;
const AT_ONCE = 50; // terms in one request
const LONGEST = 200; // characters of a term that the server takes

async function ask(parameters) {
  const address = `/completion.json?${new URLSearchParams([...parameters, ["lang", language]])}`;
  if (!answers.has(address)) {
    if (answers.size >= MOST) answers.clear();
    const response = await fetch(address);
    if (!response.ok) return [];
    answers.set(address, (await response.json()).results);
  }
  return answers.get(address);
}

// Suggestions of a kind for what is typed, with the class or the property that they are for; none where the server
// cannot be reached.
export async function suggestions(kind, text, context = {}) {
  if (text.length > LONGEST) return [];
  const told = Object.entries(context).filter(([, iri]) => iri && iri.length <= LONGEST);
  const parameters = [["kind", kind], ["q", text], ...told];
  return ask(parameters).catch(() => []);
}

const terms = new Map();

// What is known of some IRIs, by IRI.
export async function known(iris) {
  const wanted = [...new Set(iris)].filter((iri) => !terms.has(iri) && iri.length <= LONGEST);
  for (let first = 0; first < wanted.length; first += AT_ONCE) {
    const some = wanted.slice(first, first + AT_ONCE);
    const found = await ask([["kind", "term"], ...some.map((iri) => ["q", iri])]).catch(() => []);
    for (const term of found) terms.set(term.iri, term);
  }
  return new Map(iris.filter((iri) => terms.has(iri)).map((iri) => [iri, terms.get(iri)]));
}
