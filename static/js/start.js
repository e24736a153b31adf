// Loaded before the page is drawn: pages hide what needs scripts until this class is there.
document.documentElement.classList.add("js");
