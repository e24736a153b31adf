// Says on the page why a passkey did not work; allauth only writes it to the console.
document.addEventListener("allauth.error", (event) => {
  const place = document.getElementById("passkey-problem");
  if (!place) return;
  event.preventDefault();
  const refused = event.detail.exception.name === "NotAllowedError";
  place.textContent = refused
    ? "The passkey was not used: it was canceled or took too long. Try again."
    : "This device or browser could not use a passkey. Try another way.";
});
