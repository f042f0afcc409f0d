// The values of a chart for the keyboard and for a finger: the arrows lead from mark to mark, a line below tells each.
// Without this script a pointer is told by the titles of the marks, and the table has all values.

const WORDS = document.querySelector("script[data-chart-keys]").dataset;
const MARKS = "rect, circle, a";
const STEPS = {
  ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity,
};

function enhance(chart) {
  if (chart.dataset.ready) return;
  const marks = [...chart.querySelectorAll("title")]
    .map((title) => title.parentElement)
    .filter((mark) => mark.matches(MARKS));
  if (!marks.length) return;
  const blank = (mark) => Number(mark.querySelector(".blank") !== null);
  marks.sort((one, other) => blank(one) - blank(other)); // on a map, what has a value comes first
  chart.dataset.ready = "1";
  const line = lineOf(chart);
  let at = -1;

  function reach(index) {
    marks[at]?.classList.remove("reached");
    at = Math.min(Math.max(index, 0), marks.length - 1);
    marks[at].classList.add("reached");
    line.textContent = marks[at].querySelector("title").textContent;
  }

  chart.setAttribute("tabindex", "0");
  chart.setAttribute("role", "application");
  chart.setAttribute("aria-roledescription", WORDS.chartName);
  chart.setAttribute("aria-label", `${chart.getAttribute("aria-label")} ${WORDS.chartKeys}`.trim());

  chart.addEventListener("focus", () => {
    if (at < 0 && chart.matches(":focus-visible")) line.textContent = WORDS.chartKeys;
  });
  chart.addEventListener("blur", () => {
    marks[at]?.classList.remove("reached");
  });
  chart.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in STEPS) {
      event.preventDefault();
      reach(at < 0 && Math.abs(STEPS[event.key]) === 1 ? 0 : at + STEPS[event.key]);
    } else if (event.key === "Enter" && marks[at]?.matches("a")) {
      marks[at].dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    } else if (event.key === "Escape") {
      marks[at]?.classList.remove("reached");
      at = -1;
      line.textContent = "";
    }
  });
  chart.addEventListener("pointerdown", (event) => {
    const mark = event.target.closest(MARKS);
    if (marks.includes(mark)) reach(marks.indexOf(mark));
  });
}

// The line below a chart: one for both of its layouts, of which one is shown.
function lineOf(chart) {
  const after = chart.parentElement.querySelector(":scope > output") ?? document.createElement("output");
  if (!after.isConnected) {
    after.classList.add("told");
    chart.parentElement.append(after);
    const caption = chart.parentElement.querySelector(":scope > figcaption");
    if (caption) chart.parentElement.append(caption); // a caption is the last in its figure
  }
  return after;
}

function all() {
  document.querySelectorAll("figure svg.chart, figure svg.world").forEach(enhance);
}

document.addEventListener("sides:shown", all);
all();
