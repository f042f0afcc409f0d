// The words of a query. A text that is being written is seldom valid, so what is completed, checked and indented
// rests on its words and brackets alone; the grammar colours and folds.

const PATTERN = new RegExp(
  [
    /(?<comment>#.*)/,
    /(?<string>"""(?:\\[^]|[^\\])*?(?:"""|$(?![^]))|'''(?:\\[^]|[^\\])*?(?:'''|$(?![^]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)/,
    /(?<iri><[^\s<>"{}|^`\\]*>)/,
    /(?<variable>[?$][\p{L}\p{N}_]+)/,
    /(?<blank>_:[\p{L}\p{N}_][\p{L}\p{N}_.-]*)/,
    /(?<name>(?:\p{L}[\p{L}\p{N}_.-]*)?:(?:[\p{L}\p{N}_:%-]|\.(?=[\p{L}\p{N}_:%.-])|\\[_~.\-!$&'()*+,;=/?#@%])*)/,
    /(?<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/,
    /(?<tag>@[a-z]+(?:-[a-z0-9]+)*)/,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/,
    /(?<mark>\^\^|&&|\|\||[<>!]=|[^\s\p{L}\p{N}])/,
  ]
    .map((each) => each.source)
    .join("|"),
  "giu",
);

const read = new WeakMap();

// The words of a document (a CodeMirror Text), in order: what each is, how it is written, where it begins and ends.
export function tokensOf(doc) {
  let found = read.get(doc);
  if (!found) {
    found = tokenise(doc.toString());
    read.set(doc, found);
  }
  return found;
}

export function tokenise(text) {
  return [...text.matchAll(PATTERN)].map((match) => ({
    kind: Object.keys(match.groups).find((name) => match.groups[name] !== undefined),
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
  }));
}

// The words that mean something: all but comments.
export function meaningful(tokens) {
  return tokens.filter((token) => token.kind !== "comment");
}

export function is(token, ...words) {
  return token?.kind === "word" && words.includes(token.text.toUpperCase());
}
