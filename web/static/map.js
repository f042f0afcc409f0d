// The map year by year in place: the list of years becomes a slider, and each step fetches the map alone.

const form = document.querySelector("[data-frames]");

if (form) {
  const select = form.querySelector("select");
  const button = form.querySelector("button");
  const place = document.querySelector("[data-map]");
  const slider = document.createElement("input");
  const told = document.createElement("output");
  slider.type = "range";
  slider.min = 0;
  slider.max = select.options.length - 1;
  slider.value = select.selectedIndex;
  slider.id = "slider";
  form.querySelector("label").htmlFor = "slider";
  select.hidden = true;
  button.hidden = true;
  select.after(slider, told);

  let asked = 0;

  function name() {
    const option = select.options[slider.value];
    told.textContent = option.textContent;
    slider.setAttribute("aria-valuetext", option.textContent);
    return option.value;
  }

  async function show() {
    select.value = name();
    const number = ++asked;
    const query = new URLSearchParams(new FormData(form));
    history.replaceState(null, "", `?${query}`);
    query.set("part", "map");
    const answer = await fetch(`/map?${query}`, { headers: { Accept: "text/html" } });
    // What comes late must not replace what was asked for since.
    if (!answer.ok || number !== asked) return;
    place.innerHTML = await answer.text();
    place.dispatchEvent(new CustomEvent("sides:shown", { bubbles: true }));
  }

  name();
  slider.addEventListener("input", show);
}
