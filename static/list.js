// The list: filters apply as they are chosen. htmx fetches the page that the form or the link leads to and puts its
// list in place of this one; without it, or without this file, the same addresses open as pages.

const PAUSE = 700; // milliseconds in which a date or a number that is typed may go on

// A filter that is chosen applies; words do when they are sent.
let waiting;
document.addEventListener("change", ({ target: { form, type } }) => {
  if (!form?.matches("[data-instant]") || type === "search") return;
  clearTimeout(waiting);
  if (type === "date" || type === "number") waiting = setTimeout(() => form.requestSubmit(), PAUSE);
  else form.requestSubmit();
});

let wasSent = false; // by a button or with Enter, and not by a choice
document.addEventListener("submit", (event) => {
  clearTimeout(waiting);
  wasSent = Boolean(event.submitter);
});

// An address says what is asked for, and nothing else.
document.addEventListener("formdata", ({ target, formData }) => {
  if (!target.matches("[data-instant]")) return;
  for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
});

// The same address again is no new step in the history.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (detail.history.path === location.pathname + location.search) detail.history.type = "replace";
});

// Whoever goes back twice wants the list of the second step, even if the first one's comes later.
let going = null;
document.addEventListener("htmx:historyCacheMiss", ({ detail }) => {
  going?.abort();
  going = detail.xhr;
});

// What is open, and how far it is scrolled, stays so in the facets that come, and what has the focus stays in its place.
let facets = [];
let focused = null;
function remember() {
  const { id, tagName } = document.activeElement;
  focused = tagName === "BODY" ? null : { id, top: document.activeElement.getBoundingClientRect().top };
  facets = [...document.querySelectorAll("#list details")].map((facet) => ({
    id: facet.id,
    open: facet.open,
    scrolled: facet.querySelector(":scope > .choices")?.scrollTop,
  }));
}
function restore() {
  for (const { id, open, scrolled } of facets) {
    const facet = document.getElementById(id);
    if (!facet) continue;
    facet.open = open;
    if (scrolled) facet.querySelector(":scope > .choices").scrollTop = scrolled;
  }
  const again = focused?.id && document.getElementById(focused.id);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (!isGoingBack) scrollBy({ top: again.getBoundingClientRect().top - focused.top, behavior: "instant" });
}
let isGoingBack = false; // or forth; the browser then knows how far the page was scrolled
document.addEventListener("htmx:beforeSwap", () => {
  isGoingBack = false;
  remember();
});
document.addEventListener("htmx:historyCacheMissLoad", () => {
  isGoingBack = true;
  remember();
});
document.addEventListener("htmx:afterSwap", restore);

document.addEventListener("htmx:afterSettle", () => {
  // What stands outside of the list leads to the same one in another form, without the words that it does not know.
  for (const link of document.querySelectorAll("[data-follows-list]")) {
    const address = new URL(link.href);
    address.search = location.search;
    for (const unknown of link.dataset.followsList.split(" ")) address.searchParams.delete(unknown);
    link.href = address;
  }
  const count = document.getElementById("count");
  if (!count) return;
  const said = [count, document.getElementById("suggestion")].filter(Boolean).map((line) => line.textContent.trim().replace(/\s+/g, " "));
  document.getElementById("announcement").textContent = said.join(". ");
  // A chip takes the focus with it when it goes.
  if (focused && document.activeElement === document.body) count.focus({ preventScroll: true });
  // On a phone the filters fill the screen; whoever presses a button wants to see what it did.
  const { top } = count.getBoundingClientRect();
  if (wasSent && (top < 0 || top > innerHeight / 2)) count.scrollIntoView();
  wasSent = false;
});

// What cannot be fetched opens as a page, which says why.
for (const moment of ["htmx:sendError", "htmx:responseError"]) {
  document.addEventListener(moment, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}
document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());
