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
    if (response.status === 204) {
      place.closest("article").remove();
    } else if (response.ok) {
      place.innerHTML = await response.text();
      place.dispatchEvent(new CustomEvent("sides:shown", { bubbles: true }));
    }
  } catch {
    place.dataset.part = address; // no network: the link stays, and the next opening tries again
  } finally {
    place.removeAttribute("aria-busy");
  }
}

for (const place of document.querySelectorAll("[data-part]")) {
  const fold = place.closest("details");
  if (fold) fold.addEventListener("toggle", () => fold.open && fill(place));
  else near.observe(place);
}
