// While a digest is being sent its page follows; it is right without this, as of when it was loaded.
const progress = document.querySelector("[data-progress]");

async function follow() {
  const response = await fetch(progress.dataset.progress, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const { state, counts, finished, total } = await response.json();
  if (state !== progress.dataset.state) location.reload(); // other buttons, another heading
  Object.assign(progress.querySelector("progress"), { max: total, value: finished });
  for (const cell of progress.querySelectorAll("[data-count]")) cell.textContent = counts[cell.dataset.count];
}

if (progress) setInterval(() => document.hidden || follow().catch(() => {}), 3000);
