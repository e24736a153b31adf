// What lies under the pins: tiles where the installation names a server for them, else land and borders by ourselves.
import { el } from "./map_pins.js";

const { L } = window;

export function drawGround(map, { tileUrl, tileAttribution, outline }) {
  if (tileUrl) {
    L.tileLayer(tileUrl, { attribution: tileAttribution, maxZoom: 19 }).addTo(map);
    return;
  }
  map.createPane("ground"); // under rings and pins, whichever arrives first
  fetch(outline).then((answer) => answer.json()).then((land) => {
    const style = (feature) => ({ className: `map__${feature.properties.kind}`, interactive: false });
    L.geoJSON(land, { style, pane: "ground", interactive: false, attribution: "Natural Earth" }).addTo(map);
  }).catch(() => {}); // without the outline the pins still stand in their places
}

/** Rings of 1, 2, 5 … km around the place that was searched: distance where there are no streets to read. */
export function drawRings(map, centre, radiusKm) {
  for (const km of [1, 2, 5, 10, 20, 50, 100].filter((step) => step <= Math.max(radiusKm, 1))) {
    L.circle(centre, { radius: km * 1000, className: "map__ring", interactive: false }).addTo(map);
    const north = [centre[0] + km / 111.32, centre[1]];
    const label = L.divIcon({ className: "", html: el("div", "map__km", `${km} km`), iconSize: [0, 0] });
    L.marker(north, { icon: label, keyboard: false, interactive: false }).addTo(map);
  }
  L.circleMarker(centre, { radius: 7, className: "map__centre", interactive: false }).addTo(map);
}
