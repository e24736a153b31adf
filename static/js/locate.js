// "Near me": <button class="btn js-only" type="button" data-locate> in a form with lat and lon. The place goes
// nowhere but into that form.
function fill(form, { coords }) {
  form.elements.lat.value = coords.latitude.toFixed(5);
  form.elements.lon.value = coords.longitude.toFixed(5);
  if (form.elements.q) form.elements.q.value = "";
  form.requestSubmit();
}

function refuse(button) {
  button.disabled = true;
  button.textContent = "Your place is not shared. Search by name instead.";
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (!button) return;
  navigator.geolocation.getCurrentPosition(
    (position) => fill(button.form, position),
    () => refuse(button),
    { maximumAge: 300_000, timeout: 10_000 },
  );
});
