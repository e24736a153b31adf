// The slot picker works without this. It remembers grid or list, moves between days by arrow keys, and
// brings the first recommended time, else the first free one, into view.
const KEY = "slots-view";

function recallView() {
  const view = sessionStorage.getItem(KEY);
  const radio = view && document.querySelector(`.slots input[name="slots-view"][value="${CSS.escape(view)}"]`);
  if (radio) radio.checked = true;
}

function showFirst() {
  for (const grid of document.querySelectorAll(".slots__grid")) {
    const slot = grid.querySelector(".slot--best") ?? grid.querySelector(".slot");
    if (slot) grid.scrollTop += slot.getBoundingClientRect().top - grid.getBoundingClientRect().top - grid.clientHeight / 3;
  }
}

function moveTab(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const tab = event.target.closest?.(".tabs__tab");
  if (!step || !tab) return;
  const tabs = [...tab.closest(".tabs").querySelectorAll(".tabs__tab")];
  tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length].focus();
  event.preventDefault();
}

function prepare() {
  recallView();
  showFirst();
}

document.addEventListener("change", (event) => {
  if (event.target.name !== KEY) return;
  sessionStorage.setItem(KEY, event.target.value);
  showFirst();
});
document.addEventListener("keydown", moveTab);
document.addEventListener("htmx:afterSettle", prepare);
prepare();
