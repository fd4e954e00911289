/* The way back to a list leads to it as it was left, with its filters and its order, in this tab. */
(() => {
  "use strict";

  let remembered = null;
  const remember = () => {
    if (remembered === location.search) return;
    if (document.querySelector(".rail-link[aria-current]")?.pathname !== location.pathname) return;
    try { sessionStorage.setItem(`list:${location.pathname}`, location.search); } catch { /* a tab that keeps nothing */ }
    remembered = location.search;
  };
  const lead = () => document.querySelectorAll(".crumb a").forEach((crumb) => {
    let left = null;
    try { left = sessionStorage.getItem(`list:${crumb.pathname}`); } catch { /* a tab that keeps nothing */ }
    if (left && !crumb.search) crumb.search = left;
  });
  // Once the page is there: writing while it is left would keep the next page waiting. Its filters may have changed by then.
  addEventListener("load", () => setTimeout(remember, 500));
  addEventListener("pagehide", remember);
  document.addEventListener("htmx:after:swap", lead);
  lead();
})();
