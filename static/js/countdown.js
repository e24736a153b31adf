// The hold's remaining time, told by the server's clock: [data-countdown] of templates/_parts/countdown.html.
// Readers hear it at the start of the last two minutes and at the end; then the page is loaded again.
const SOON_S = 120;
const loadedAt = performance.now();

function remainingSeconds({ expiresAt, now }) {
  const sinceLoad = performance.now() - loadedAt;
  return Math.ceil((Date.parse(expiresAt) - Date.parse(now) - sinceLoad) / 1000);
}

function clock(seconds) {
  const left = Math.max(0, seconds);
  const hours = Math.floor(left / 3600);
  const minutes = String(Math.floor(left / 60) % 60);
  const rest = String(left % 60).padStart(2, "0");
  return hours ? `${hours}:${minutes.padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Writes only what is new, so that a reader is not told the same twice. */
function say(box, text) {
  const status = box.querySelector("[data-countdown-says]");
  if (status.textContent !== text) status.textContent = text;
}

function tick(box) {
  const left = remainingSeconds(box.dataset);
  box.querySelector("time").textContent = clock(left);
  box.classList.toggle("countdown--soon", left <= SOON_S && left > 0);
  if (left > 0 && left <= SOON_S) say(box, "Two minutes left.");
  if (left <= 0 && !box.classList.contains("countdown--over")) {
    box.classList.add("countdown--over");
    say(box, box.dataset.over);
    window.setTimeout(() => window.location.reload(), 1500);
  }
}

function tickAll() {
  document.querySelectorAll("[data-countdown]").forEach(tick);
}

tickAll();
window.setInterval(tickAll, 1000);
