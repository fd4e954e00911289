/* A guided run at fifty rows: marks by keys and shown at once, a row at the side, and the seconds until a mail leaves. Every page works
   without it. */
(() => {
  "use strict";

  const sheet = () => document.getElementById("sheet");
  const sheetBody = () => document.getElementById("sheet-body");
  const rowNamed = (id) => document.getElementById(`row-${id}`);

  // The row that was chosen stays chosen when it, or the whole table, is swapped.
  let chosenId = null;
  const chosen = () => (chosenId ? document.getElementById(chosenId) : null);
  const mark = (row) => {
    document.querySelectorAll("tr.is-chosen").forEach((one) => one !== row && one.classList.remove("is-chosen"));
    if (!row) return;
    chosenId = row.id;
    row.classList.add("is-chosen");
  };
  document.addEventListener("focusin", ({ target }) => {
    const row = target.closest?.("[data-rows] > tr[data-row]");
    if (row) mark(row);
  });
  const restore = () => {
    const row = chosen();
    if (!row) return;
    row.classList.add("is-chosen");
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (lost && !isOpen()) row.focus({ preventScroll: true });
  };

  // The side: a link marked data-open shows its page there; it closes when what was done in it was taken.
  const isOpen = () => Boolean(sheet()) && !sheet().hidden;
  const open = async (link, wanted) => {
    mark(link.closest("tr"));
    await window.htmx.ajax("GET", link.href, { source: link, target: "#sheet-body", select: "#row-sheet", swap: "innerHTML", push: "false" });
    sheet().hidden = false;
    (sheetBody().querySelector(wanted) ?? sheetBody().querySelector("textarea, input:not([type=hidden])") ?? sheet()).focus();
  };
  const close = () => {
    if (!isOpen()) return;
    sheet().hidden = true;
    sheetBody().replaceChildren();
    chosen()?.focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a[data-open]");
    if (link) {
      event.preventDefault();
      open(link);
    }
    if (event.target.closest("[data-close-sheet]") && isOpen()) {
      event.preventDefault();
      close();
    }
  });

  // A form marked data-swap asks for the changed row alone. A mark is shown at once, and corrected by the answer.
  const showMark = (row, button) => {
    row.classList.remove("is-open", "is-set_aside");
    row.classList.add("is-done");
    button.closest("form").querySelectorAll("[name=mark]").forEach((one) => {
      one.classList.toggle("is-pressed", one === button);
      one.setAttribute("aria-pressed", String(one === button));
    });
  };
  const send = async (form, submitter) => {
    if (form.dataset.busy) return;
    form.dataset.busy = "yes";
    const row = form.closest("tr") ?? rowNamed(form.querySelector("[name=rowId]")?.value);
    const before = row?.cloneNode(true);
    before?.querySelectorAll("[data-busy]").forEach((one) => delete one.dataset.busy);
    if (submitter?.name === "mark" && form.closest("tr")) showMark(row, submitter);
    const values = { swap: form.dataset.swap };
    if (submitter?.name) values[submitter.name] = submitter.value;
    let answered = false;
    const heard = ({ detail }) => { answered ||= detail.ctx.sourceElement === form; };
    document.addEventListener("htmx:after:request", heard);
    try {
      await window.htmx.ajax("POST", form.getAttribute("action"), { source: form, target: "#sheet-body", swap: "none", push: "false", replace: "false", values });
    } finally {
      document.removeEventListener("htmx:after:request", heard);
      delete form.dataset.busy;
      if (!answered && row?.isConnected) row.replaceWith(before);
      restore();
    }
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-swap]")) {
      event.preventDefault();
      send(form, event.submitter);
    }
    // What is sent for all closes the row that is open at the side: it may be one of them.
    if (event.submitter?.value === "send_all") close();
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.sourceElement?.matches?.("form.bulk")) picked().forEach((one) => { one.checked = false; });
    if (isOpen() && !sheetBody().firstElementChild) close();
    restore();
  });

  // What a step showed is fetched when it is unfolded, whatever was swapped before.
  document.addEventListener("toggle", ({ target }) => {
    if (!target.matches?.("details[data-shown]") || !target.open) return;
    window.htmx.ajax("GET", target.dataset.shown, { source: target, target: target.querySelector(".shown"), swap: "innerHTML", push: "false" });
  }, true);

  // Until a mail leaves it can be taken back; the server decides which was first.
  const countDown = () => document.querySelectorAll("form[data-until]").forEach((form) => {
    const left = Math.ceil((Date.parse(form.dataset.until) - Date.now()) / 1000);
    const words = form.querySelector("[role=status]");
    const said = left > 0 ? `Leaves in ${left} s` : "Leaving";
    if (words && words.textContent !== said) words.textContent = said;
    form.classList.toggle("is-over", left <= 0);
  });

  // Keys on the chosen row.
  const picked = () => [...document.querySelectorAll("[data-rows] .pick input:checked")];
  const press = (number) => {
    const [first] = picked();
    const place = first ? document.getElementById(first.getAttribute("form")) : chosen()?.querySelector("form.marks");
    place?.querySelectorAll("button[name=mark]")[number - 1]?.click();
  };
  const KEYS = {
    1: () => press(1), 2: () => press(2), 3: () => press(3), 4: () => press(4), 5: () => press(5),
    x: () => chosen()?.querySelector(".pick input")?.click(),
    n: () => chosen()?.querySelector("a[data-open]") && open(chosen().querySelector("a[data-open]"), "[name=note]"),
    o: () => chosen()?.querySelector("a[data-open]") && open(chosen().querySelector("a[data-open]")),
    z: () => (chosen()?.querySelector("[data-undo]") ?? document.querySelector("[data-undo-all]"))?.click(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen() && !document.getElementById("dialog")?.open) return close();
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
    if (event.ctrlKey || event.metaKey || event.altKey || typing || document.getElementById("dialog")?.open) return undefined;
    const act = KEYS[event.key];
    if (!act) return undefined;
    event.preventDefault();
    return act();
  });
  document.addEventListener("DOMContentLoaded", () => {
    const keys = document.getElementById("keys")?.content.querySelector("dl");
    const own = document.getElementById("guided-keys");
    if (keys && own) keys.append(own.content.cloneNode(true));
    countDown();
    setInterval(countDown, 500);
  });
})();
