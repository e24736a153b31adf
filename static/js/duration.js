// The duration slider in words: "1 h 15 min, about 42 kWh", for [data-duration] of templates/_parts/duration.html.
const kwh = new Intl.NumberFormat(document.documentElement.dataset.locale, { maximumFractionDigits: 0 });

function time(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(" ");
}

/** What the car takes in that time: power times hours, at most what is missing in the battery. */
function energy(minutes, { powerKw, batteryKwh }, chargePercent) {
  if (!powerKw) return "";
  const given = (Number(powerKw) * minutes) / 60;
  const room = batteryKwh ? Number(batteryKwh) * (1 - chargePercent / 100) : Infinity;
  return given < room ? `, about ${kwh.format(given)} kWh` : `, about ${kwh.format(room)} kWh, then full`;
}

function write(box) {
  const slider = box.querySelector("input[type=range]");
  const charge = Number(box.querySelector("[data-charge]")?.value || 0);
  const words = time(Number(slider.value)) + energy(Number(slider.value), box.dataset, charge);
  box.querySelector("output").textContent = words;
  slider.setAttribute("aria-valuetext", words);
}

function writeAll() {
  document.querySelectorAll("[data-duration]").forEach(write);
}

document.addEventListener("input", (event) => {
  const box = event.target.closest("[data-duration]");
  if (box) write(box);
});
document.addEventListener("htmx:afterSettle", writeAll);
writeAll();
