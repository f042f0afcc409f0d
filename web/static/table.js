// The rows of an answer: put in order by a column, filtered, turned page by page, copied. All rows are in the page;
// without this script the pages are turned by the server.

const PAGE = 100;

function enhance(box) {
  if (box.dataset.ready) return;
  const tools = box.querySelector("[data-tools]");
  const body = box.querySelector("tbody");
  const rows = [...body.rows];
  if (!tools || rows.length < 2) return;
  box.dataset.ready = "1";
  const heads = [...box.querySelectorAll("thead th")];
  const pager = box.querySelector("[data-pages]");
  const compare = new Intl.Collator(tools.dataset.lang, { numeric: true, sensitivity: "base" }).compare;
  const state = { page: Number(pager?.dataset.page ?? 1), column: -1, down: false, words: "" };
  let shown = rows;

  // What a cell says, without the small notes beside it: a number as it was sent, a name as it is read.
  function said(row, column) {
    const cell = row.cells[column];
    return cell.dataset.value ?? (cell.firstElementChild ?? cell).textContent;
  }

  // All that is found in a row: what is read there, and dates and numbers as they were sent.
  function found(row) {
    const exact = [...row.cells].map((cell) => cell.dataset.value ?? "");
    return fold(`${row.textContent} ${exact.join(" ")}`);
  }

  function ordered(one, other) {
    const [first, second] = [said(one, state.column), said(other, state.column)];
    if (!first || !second) return (first ? 0 : 1) - (second ? 0 : 1); // what is blank stays at the end
    const kind = heads[state.column].dataset.kind;
    const by = kind === "number" ? Number(first) - Number(second)
      : kind === "time" ? (first < second ? -1 : Number(first > second))
      : compare(first, second);
    return state.down ? -by : by;
  }

  function draw() {
    const words = fold(state.words).split(/\s+/).filter(Boolean);
    const fits = (row) => {
      const text = found(row);
      return words.every((word) => text.includes(word));
    };
    shown = words.length ? rows.filter(fits) : [...rows];
    if (state.column >= 0) shown.sort(ordered);
    const pages = pager ? Math.max(1, Math.ceil(shown.length / PAGE)) : 1;
    state.page = Math.min(Math.max(state.page, 1), pages);
    const first = pager ? (state.page - 1) * PAGE : 0;
    const last = pager ? first + PAGE : shown.length;
    for (const row of rows) row.hidden = true;
    shown.forEach((row, at) => { row.hidden = at < first || at >= last; });
    body.append(...shown);
    tools.querySelector("[data-few-told]").textContent = words.length
      ? tools.dataset.few.replace("{shown}", shown.length).replace("{all}", rows.length) : "";
    turnedTo(pages);
  }

  function turnedTo(pages) {
    if (!pager) return;
    const [before, after] = pager.querySelectorAll("[name=page]");
    [before.value, after.value] = [state.page - 1, state.page + 1];
    [before.disabled, after.disabled] = [state.page === 1, state.page === pages];
    const told = pager.querySelector("[data-number]");
    told.textContent = told.dataset.number.replace("{page}", state.page).replace("{pages}", pages);
  }

  function order(column) {
    state.down = state.column === column && !state.down;
    state.column = column;
    state.page = 1;
    heads.forEach((head, at) => {
      if (at === column) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    draw();
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.classList.add("sorting");
    button.append(...head.childNodes);
    button.addEventListener("click", () => order(column));
    head.append(button);
  });

  tools.querySelector("[data-filter]").addEventListener("input", (event) => {
    state.words = event.target.value;
    state.page = 1;
    draw();
  });

  pager?.addEventListener("submit", (event) => {
    event.preventDefault();
    state.page = Number(event.submitter.value);
    draw();
    box.scrollIntoView({ block: "nearest" });
  });

  const choices = [...tools.querySelectorAll("[data-column]")];
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      const column = Number(choice.value);
      for (const row of [heads[0].parentElement, ...rows]) row.cells[column].hidden = !choice.checked;
    });
  }

  const copy = tools.querySelector("[data-tsv]");
  const label = copy.textContent;
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    const columns = choices.filter((choice) => choice.checked).map((choice) => Number(choice.value));
    const clean = (text) => text.replace(/[\t\r\n]+/g, " ").trim();
    const lines = shown.map((row) => columns.map((column) => clean(said(row, column))).join("\t"));
    const names = columns.map((column) => heads[column].dataset.name ?? clean(heads[column].textContent)).join("\t");
    await navigator.clipboard.writeText([names, ...lines].join("\n") + "\n");
    copy.textContent = copy.dataset.done;
    setTimeout(() => { copy.textContent = label; }, 2000);
  });

  tools.hidden = false;
}

// A text without accents and capitals, as people type.
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function all() {
  document.querySelectorAll("[data-table]").forEach(enhance);
}

document.addEventListener("sides:shown", all);
all();
