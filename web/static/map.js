// The map in place: another measure, other parameters, another year swap the part of the page that shows them, and the
// list of years becomes a slider. Each form works without this script, too.

const mapping = document.querySelector("[data-mapping]");
const lost = mapping?.querySelector("[data-lost]");
let asked = 0;

async function show(form, part, place) {
  const number = ++asked;
  const query = new URLSearchParams(new FormData(form));
  const path = new URL(form.action).pathname;
  history.replaceState(null, "", `${path}?${query}`);
  query.set("part", part);
  place.setAttribute("aria-busy", "true");
  lost.hidden = true;
  try {
    const answer = await fetch(`${path}?${query}`, { headers: { Accept: "text/html" } });
    // What comes late must not replace what was asked for since. A problem has a part of its own.
    if (number !== asked || (!answer.ok && part === "map")) return;
    const focused = document.activeElement?.id;
    place.innerHTML = await answer.text();
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
    place.dispatchEvent(new CustomEvent("sides:shown", { bubbles: true }));
  } catch {
    if (number === asked) lost.hidden = false; // no network: what is shown is still what was
  } finally {
    if (number === asked) place.removeAttribute("aria-busy");
  }
}

function slide(form) {
  const select = form.querySelector("select");
  const slider = document.createElement("input");
  const told = document.createElement("output");
  slider.type = "range";
  slider.min = 0;
  slider.max = select.options.length - 1;
  slider.value = select.selectedIndex;
  slider.id = "slider";
  form.querySelector("label").htmlFor = "slider";
  form.querySelector("button").hidden = true;
  select.hidden = true;
  select.after(slider, told);

  function name() {
    const option = select.options[slider.value];
    told.textContent = option.textContent;
    slider.setAttribute("aria-valuetext", option.textContent);
    return option.value;
  }

  name();
  slider.addEventListener("input", () => {
    select.value = name();
    show(form, "map", mapping.querySelector("[data-map]"));
  });
}

async function choose(form) {
  const place = mapping.querySelector("[data-measure]");
  await show(form, "measure", place);
  const frames = place.querySelector("[data-frames]:not(:has(#slider))");
  if (frames) slide(frames);
}

if (mapping) {
  const frames = mapping.querySelector("[data-frames]");
  if (frames) slide(frames);
  mapping.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(event.target);
  });
  mapping.querySelector("#measure").addEventListener("change", (event) => choose(event.target.form));
}
