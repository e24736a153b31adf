// Web push to this browser: asks for the permission when the person asks for it, never by itself.
const holder = document.querySelector("[data-push-key]");
const [on, off, says] = ["on", "off", "says"].map((name) => holder.querySelector(`[data-push-${name}]`));
const csrfToken = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

function bytesOf(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

async function tell(method, body) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken };
  const answer = await fetch("/api/v1/devices", { method, headers, body: JSON.stringify(body) });
  if (!answer.ok && answer.status !== 404) throw new Error(`${answer.status}`);
}

function show(subscribed) {
  on.hidden = subscribed;
  off.hidden = !subscribed;
}

async function subscribe(registration) {
  const applicationServerKey = bytesOf(holder.dataset.pushKey);
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const { endpoint, keys } = subscription.toJSON();
  const name = navigator.userAgentData?.platform || navigator.platform || "browser";
  await tell("POST", { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, name });
}

async function unsubscribe(registration) {
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await tell("DELETE", { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

async function act(change, registration, subscribed, words) {
  try {
    await change(registration);
    show(subscribed);
    says.textContent = words;
  } catch {
    says.textContent = "The browser did not allow that. Look at its settings for this site.";
  }
}

if ("serviceWorker" in navigator && "PushManager" in window) {
  const registration = await navigator.serviceWorker.register("/service-worker.js");
  show(Boolean(await registration.pushManager.getSubscription()));
  on.addEventListener("click", () => act(subscribe, registration, true, "This browser gets pushes now."));
  off.addEventListener("click", () => act(unsubscribe, registration, false, "This browser gets no more pushes."));
} else {
  on.hidden = true;
  says.textContent = "This browser knows no push.";
}
