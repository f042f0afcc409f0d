// Fetches what a page leaves out: a figure when the reader comes near it, assertions when they are unfolded. Without
// this script a link in its place leads to the same.
const near = new IntersectionObserver((seen) => {
  for (const { target } of seen.filter((one) => one.isIntersecting)) {
    near.unobserve(target);
    fill(target);
  }
}, { rootMargin: "400px" });

async function fill(place) {
  const address = place.dataset.part;
  if (!address) return;
  delete place.dataset.part;
  place.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    put(place, response.status, await response.text());
  } catch {
    place.dataset.part = address; // no network: the link stays, and the next opening tries again
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// What came for a place: nothing where there is nothing to draw.
function put(place, status, content) {
  delete place.dataset.part;
  if (status === 204) {
    place.closest("article").remove();
  } else if (status === 200) {
    place.innerHTML = content;
    place.dispatchEvent(new CustomEvent("sides:shown", { bubbles: true }));
  }
}

// A sheet of paper holds what the reader has not come to, too. Whoever prints does not wait for answers, so these are
// asked for one after the other while the print is held.
addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-part]")) {
    if (place.closest("details:not([open])")) continue;
    near.unobserve(place);
    const request = new XMLHttpRequest();
    request.open("GET", place.dataset.part, false);
    request.setRequestHeader("Accept", "text/html");
    try {
      request.send();
    } catch {
      continue; // no network: the link stays
    }
    put(place, request.status, request.responseText);
  }
});

for (const place of document.querySelectorAll("[data-part]")) {
  const fold = place.closest("details");
  if (fold) fold.addEventListener("toggle", () => fold.open && fill(place));
  else near.observe(place);
}
