// Stands in for https://js.stripe.com in tests: the few calls that static/js/checkout.js makes, told to Stripe's API
// as Stripe's script would. The card is typed as a test token (pm_card_…).
window.Stripe = (key) => {
  async function confirm(kind, { elements, clientSecret, confirmParams }) {
    const id = clientSecret.split("_secret_")[0];
    const asked = { client_secret: clientSecret, ...confirmParams };
    if (elements) asked.payment_method = elements.input.value;
    const answer = await fetch(`https://api.stripe.com/v1/${kind}/${id}/confirm`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
      body: new URLSearchParams(asked),
    });
    const body = await answer.json();
    return answer.ok ? {} : { error: body.error };
  }
  return {
    elements(options) {
      window.stripeOptions = options;
      const input = Object.assign(document.createElement("input"), { className: "input", ariaLabel: "Card" });
      const submit = async () => (input.value ? {} : { error: { message: "Your card number is incomplete." } });
      return { input, submit, create: () => ({ mount: (place) => place.append(input) }) };
    },
    confirmPayment: (asked) => confirm("payment_intents", asked),
    confirmSetup: (asked) => confirm("setup_intents", asked),
    handleNextAction: async () => ({}),
  };
};
