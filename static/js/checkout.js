// Card entry in Stripe's Payment Element: [data-checkout] of templates/payments/_pay.html.
// The server makes the intent only when the button is pressed; Stripe's script is fetched from Stripe alone.
const form = document.querySelector("[data-checkout]");
const place = form.querySelector("[data-card-entry]");
const says = form.querySelector("[data-checkout-says]");
const button = form.querySelector("button[type=submit]");

function say(text) {
  says.textContent = text;
  says.hidden = !text;
}

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function load(address) {
  return new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src: address, onload: done, onerror: failed });
    document.head.append(script);
  });
}

/** The saved card that is chosen, or an empty text for a new one. */
function savedCard() {
  return form.elements.payment_method?.value ?? "";
}

function cardEntry(stripe) {
  const { mode, amount, currency, capture } = form.dataset;
  const paid = mode === "payment" ? { amount: Number(amount), captureMethod: capture } : {};
  const elements = stripe.elements({
    mode,
    currency,
    ...paid,
    setupFutureUsage: "off_session",
    paymentMethodTypes: ["card"],
    appearance: { variables: { colorPrimary: token("--accent"), colorText: token("--ink"), colorBackground: token("--raised") } },
  });
  elements.create("payment").mount(place);
  return elements;
}

/** What the server answers to the button: the intent, or why there is none. */
async function begin() {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  return body;
}

async function finish(stripe, elements, { kind, status, client_secret: clientSecret, return_url }) {
  if (status === "requires_action") return stripe.handleNextAction({ clientSecret });
  if (status !== "requires_payment_method" && status !== "requires_confirmation") return {};
  const confirm = kind === "setup_intent" ? stripe.confirmSetup : stripe.confirmPayment;
  const saved = savedCard();
  const method = saved ? { payment_method: saved } : {};
  return confirm({ ...(saved ? {} : { elements }), clientSecret, confirmParams: { return_url, ...method } });
}

async function pay(stripe, elements) {
  say("");
  button.disabled = true;
  try {
    const entered = savedCard() ? {} : await elements.submit();
    if (entered.error) throw new Error(entered.error.message);
    const intent = await begin();
    const { error } = await finish(stripe, elements, intent);
    if (error) throw new Error(error.message);
    window.location.assign(intent.return_url);
  } catch (problem) {
    say(problem.message);
    button.disabled = false;
  }
}

function showEntry() {
  place.hidden = Boolean(savedCard());
}

try {
  await load(form.dataset.script);
  const stripe = window.Stripe(form.dataset.key);
  const elements = cardEntry(stripe);
  form.addEventListener("change", showEntry);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    pay(stripe, elements);
  });
  showEntry();
} catch {
  say("The card field of Stripe could not be loaded. Check your connection and load this page again.");
}
