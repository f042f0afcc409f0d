// A button above each text that is there to be copied. Without a clipboard (no HTTPS, an old browser) there is none.

function addButton(text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = text.dataset.copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent.trim());
    button.textContent = text.dataset.copied;
    setTimeout(() => { button.textContent = text.dataset.copy; }, 2000);
  });
  // Beside its title; a text without one has its button below.
  (text.previousElementSibling ?? text.parentElement).append(button);
}

if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach(addButton);
}
