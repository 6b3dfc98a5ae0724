// What the keyboard expects; every page works without it.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});

// A milestone or a date: who chooses one no longer means the other.
for (const either of document.querySelectorAll("[data-either]")) {
  either.addEventListener("change", (event) => {
    for (const other of either.elements) if (other !== event.target) other.value = "";
  });
}

// A button that prints is there where a script can.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => window.print());
}

// Code to be copied is chosen whole by a click or the tab key.
for (const code of document.querySelectorAll("textarea[readonly]")) {
  code.addEventListener("focus", () => code.select());
}

// A button that copies is there where the browser lets it: on HTTPS.
for (const button of document.querySelectorAll("[data-copies]")) {
  const [place, said] = [button.parentElement, button.nextElementSibling];
  place.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    said.textContent = "";
    const code = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(code.value ?? code.textContent);
    said.textContent = button.dataset.done;
  });
}
