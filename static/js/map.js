// A Leaflet map fed from GeoJSON. The list beside it stays the truth: pins take no place in the tab order.
//
// <div class="map" data-map data-url="…geojson?filters" data-outline="…" data-station-url="/stations/SLUG/"
//      data-tile-url data-tile-attribution data-lat data-lon data-radius-km></div>
// Each feature's properties: id, slug, name, evse_count, available_count, price_from {per_kwh {amount, currency}}.
import { drawGround, drawRings } from "./map_ground.js";
import { clusterIcon, el, pinIcon, popup } from "./map_pins.js";

const { L } = window;
const WORLD = [-180, -85, 180, 85];
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

class StationLayer {
  constructor(map, { url, stationUrl }, says) {
    this.map = map;
    this.url = url;
    this.stationUrl = stationUrl;
    this.says = says;
    this.markers = new Map();
    this.group = L.markerClusterGroup({ iconCreateFunction: clusterIcon, showCoverageOnHover: false, maxClusterRadius: 64, disableClusteringAtZoom: 16, animate: !calm, chunkedLoading: true });
    this.group.addTo(map);
  }

  async load(bbox) {
    this.pending?.abort();
    this.pending = new AbortController();
    const url = new URL(this.url, window.location.href);
    url.searchParams.set("bbox", bbox.map((degree) => degree.toFixed(5)).join(","));
    try {
      const answer = await fetch(url, { signal: this.pending.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show((await answer.json()).features);
    } catch (error) {
      if (error.name !== "AbortError") this.says.textContent = "The map has no news just now. The list is complete.";
    }
  }

  /** Adds what is new, redraws what changed, drops what is gone: an open popup and the eye keep their place. */
  show(features) {
    const seen = new Set(features.map((feature) => feature.properties.id));
    this.group.removeLayers([...this.markers].filter(([id]) => !seen.has(id)).map(([id, marker]) => this.forget(id, marker)));
    this.group.addLayers(features.map((feature) => this.place(feature)).filter(Boolean));
    this.says.textContent = features.length ? "" : "No stations in this part of the map.";
  }

  forget(id, marker) {
    this.markers.delete(id);
    return marker;
  }

  place({ geometry, properties }) {
    const known = this.markers.get(properties.id);
    if (known) {
      const changed = known.station.available_count !== properties.available_count;
      known.station = properties;
      if (changed) known.setIcon(pinIcon(properties));
      return null;
    }
    const [lon, lat] = geometry.coordinates;
    const marker = L.marker([lat, lon], { icon: pinIcon(properties), keyboard: false, riseOnHover: true });
    marker.station = properties;
    marker.bindPopup(() => popup(marker.station, this.stationUrl), { offset: [0, -36], minWidth: 160 });
    this.markers.set(properties.id, marker);
    return marker;
  }

  mark(id, on) {
    const marker = this.markers.get(id);
    const shown = marker && this.group.getVisibleParent(marker);
    shown?.getElement()?.firstElementChild?.classList.toggle("pin--on", on);
  }
}

function viewBox(map) {
  const box = map.getBounds().pad(0.2);
  const [west, south, east, north] = WORLD;
  return [Math.max(box.getWest(), west), Math.max(box.getSouth(), south), Math.min(box.getEast(), east), Math.min(box.getNorth(), north)];
}

async function start(node) {
  const map = L.map(node, { minZoom: 3, maxZoom: 18, worldCopyJump: true, zoomControl: false, zoomAnimation: !calm, fadeAnimation: !calm });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ position: "topright" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const says = node.parentElement.querySelector("[data-map-says]") ?? el("p", "");
  map.setView([50, 10], 4);
  drawGround(map, node.dataset);
  const layer = new StationLayer(map, node.dataset, says);
  if (node.dataset.lat && node.dataset.lon) {
    const centre = [Number(node.dataset.lat), Number(node.dataset.lon)];
    const radiusKm = Number(node.dataset.radiusKm || 5);
    map.fitBounds(L.latLng(centre).toBounds(radiusKm * 2000));
    drawRings(map, centre, radiusKm);
    await layer.load(viewBox(map));
  } else {
    await layer.load(WORLD);
    const all = layer.group.getBounds();
    if (all.isValid()) map.fitBounds(all, { padding: [40, 40], maxZoom: 14 });
  }
  let wait = 0;
  map.on("moveend", () => {
    window.clearTimeout(wait);
    wait = window.setTimeout(() => layer.load(viewBox(map)), 200);
  });
  new ResizeObserver(() => map.invalidateSize()).observe(node);
  return { map, layer };
}

/** Hovering or focusing a row of the list marks its pin. */
function followList(layer) {
  const row = (event) => event.target.closest?.("[data-station-id]")?.dataset.stationId;
  for (const [type, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]]) {
    document.addEventListener(type, (event) => row(event) && layer.mark(row(event), on));
  }
}

/** "Search here": the form gets the middle of the map and what it shows as radius. */
function searchHere(map, button) {
  map.on("dragend zoomend", () => button.removeAttribute("hidden"));
  button.addEventListener("click", () => {
    const form = document.querySelector(button.dataset.mapHere);
    const middle = map.getCenter();
    const km = middle.distanceTo(map.getBounds().getNorthEast()) / 1000;
    const values = { lat: middle.lat.toFixed(5), lon: middle.lng.toFixed(5), radius_km: Math.max(1, Math.round(km)), q: "" };
    for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value;
    form.requestSubmit();
  });
}

for (const node of document.querySelectorAll("[data-map]")) {
  const { map, layer } = await start(node);
  followList(layer);
  const button = node.parentElement.querySelector("[data-map-here]");
  if (button) searchHere(map, button);
}
