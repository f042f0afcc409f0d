// The way to the other language leads to what is shown now: scripts change the address behind it.

for (const link of document.querySelectorAll(".languages a")) {
  for (const event of ["pointerdown", "focus", "click"]) {
    link.addEventListener(event, () => {
      const address = new URL(location.href);
      address.searchParams.set("lang", link.hreflang);
      link.href = address.href;
    });
  }
}
