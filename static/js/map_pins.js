// What the map shows of stations: pins, clusters with sums, popups. Text is never read as HTML.
const { L } = window;
const number = new Intl.NumberFormat(document.documentElement.dataset.locale, { minimumFractionDigits: 2 });

/** An element with a class and text; text is never read as HTML. */
export function el(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function price(station) {
  const from = station.price_from?.per_kwh;
  return from ? `${number.format(from.amount)} ${from.currency}` : "";
}

export function pinIcon(station) {
  const pin = el("span", station.available_count ? "pin" : "pin pin--none");
  pin.append(el("span", "pin__free", `${station.available_count}/${station.evse_count}`));
  if (station.price_from) pin.append(el("span", "pin__price", price(station)));
  return L.divIcon({ className: "", html: pin, iconSize: [0, 0] });
}

export function clusterIcon(cluster) {
  const stations = cluster.getAllChildMarkers().map((marker) => marker.station);
  const sum = (key) => stations.reduce((total, station) => total + station[key], 0);
  const free = sum("available_count");
  const pin = el("span", free ? "cluster" : "cluster cluster--none", `${free}/${sum("evse_count")}`);
  pin.title = `${stations.length} stations`;
  return L.divIcon({ className: "", html: pin, iconSize: [0, 0] });
}

export function popup(station, stationUrl) {
  const box = el("div", "map__popup");
  const link = el("a", "", station.name);
  link.href = stationUrl.replace("SLUG", encodeURIComponent(station.slug));
  box.append(link, el("span", "", `${station.available_count} of ${station.evse_count} free`));
  if (station.price_from) box.append(el("span", "muted", `from ${price(station)}/kWh`));
  return box;
}
