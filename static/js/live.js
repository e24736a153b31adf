// Live states by Server-Sent Events. Pages are whole without it: when the stream fails nothing is said.
//
// Include templates/_parts/live.html. It updates the chip inside every [data-evse-uid] and [data-booking-ref],
// then sends the holder the event "live", so that htmx may refresh more (hx-trigger="live"), and the badge of the
// inbox in the page's head. However many [data-live-url] a page has, one stream is opened for all of them.
const LONGEST_WAIT_MS = 60_000;

/** Puts the chip of this code in the place of the old one; true when that changed anything. */
function showCode(holder, chips, code) {
  const old = holder.querySelector("[data-code]");
  const chip = [...chips.content.children].find((each) => each.dataset.code === code);
  if (!old || !chip || old.dataset.code === code) return false;
  old.replaceWith(chip.cloneNode(true));
  return true;
}

function update(kind, attribute, id, code) {
  const chips = document.querySelector(`template[data-chips="${kind}"]`);
  for (const holder of document.querySelectorAll(`[${attribute}="${CSS.escape(id)}"]`)) {
    if (showCode(holder, chips, code)) holder.dispatchEvent(new CustomEvent("live", { detail: { code } }));
  }
}

function showUnread(count) {
  for (const badge of document.querySelectorAll("[data-unread]")) {
    badge.hidden = count === 0;
    badge.querySelector("[data-unread-count]").textContent = count > 99 ? "99+" : String(count);
  }
}

/** One address with the parameters of all. */
function merged(urls) {
  const all = new URL(urls[0], window.location.href);
  for (const each of urls.slice(1)) {
    for (const [name, value] of new URL(each, window.location.href).searchParams) all.searchParams.set(name, value);
  }
  return all.href;
}

const HANDLERS = {
  "inbox.updated": (data) => showUnread(data.unread),
  "evse.status": (data) => update("evse", "data-evse-uid", data.uid, data.status),
  "booking.updated": (data) => update("booking", "data-booking-ref", data.reference, data.status),
};

class Stream {
  constructor(url) {
    this.url = url;
    this.waitMs = 2_000;
  }

  open() {
    this.source = new EventSource(this.url);
    this.source.addEventListener("open", () => { this.waitMs = 2_000; });
    this.source.addEventListener("error", () => this.retry());
    for (const [type, handle] of Object.entries(HANDLERS)) {
      this.source.addEventListener(type, (event) => handle(JSON.parse(event.data)));
    }
  }

  /** The browser reconnects by itself after a lost line, but not after a refusal. */
  retry() {
    if (this.source.readyState !== EventSource.CLOSED) return;
    this.timer = window.setTimeout(() => this.open(), this.waitMs);
    this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
  }

  close() {
    window.clearTimeout(this.timer);
    this.source.close();
  }
}

const urls = [...document.querySelectorAll("[data-live-url]")].map((each) => each.dataset.liveUrl);
if (urls.length) {
  const stream = new Stream(merged(urls));
  stream.open();
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => { if (event.persisted) stream.open(); });
}
