/* What the pages cannot do by themselves: dialogs, toasts, keys, and times that stay true. Every page works without it. */
(() => {
  "use strict";

  const dialog = () => document.getElementById("dialog");
  const inField = (target) => target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");

  // Dialogs: a link marked data-ask fetches its own page into the one dialog; without this script the link just opens that page.
  // A form in the dialog that was taken has changed the page behind it; one that was refused came back with its complaints.
  // The swap may have replaced the form itself, so its request remembers it.
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { ctx.askedBy = ctx.sourceElement; });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const inDialog = ctx.target === "#dialog-body" || ctx.target?.id === "dialog-body";
    if (inDialog && !dialog().open) dialog().showModal();
    if (!inDialog && ctx.response.status < 400 && ctx.askedBy?.matches?.("form.ask") && dialog().open) dialog().close();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]") && dialog()?.open) {
      event.preventDefault();
      dialog().close();
    }
    if (event.target === dialog()) dialog().close();
    event.target.closest("[data-dismiss]")?.closest(".toast").remove();
  });

  // Filters that are not set stay out of the URL.
  document.addEventListener("htmx:config:request", (event) => {
    const { sourceElement, request } = event.detail.ctx;
    if (!sourceElement?.matches?.("form.filters")) return;
    [...request.body.entries()].filter(([, value]) => value === "").forEach(([name]) => request.body.delete(name));
  });

  // Toasts leave after a while, never while they are pointed at or read with the keyboard; the bell keeps them. What the form
  // before this page did is one of them. One that was taken back has nothing more to say.
  const TOAST_SECONDS = 10;
  const dismissLater = (toast) => {
    let left = TOAST_SECONDS;
    const tick = setInterval(() => {
      if (!toast.isConnected) return clearInterval(tick);
      if (toast.matches(":hover, :focus-within") || document.hidden) return;
      left -= 1;
      if (left <= 0) toast.remove();
    }, 1000);
  };
  const MOST_TOASTS = 3;
  const told = new Set();
  const welcome = (toast) => {
    // A page that was swapped in hears again what came while it was on its way.
    if (toast.dataset.id && told.has(toast.dataset.id)) return toast.remove();
    if (toast.dataset.id) told.add(toast.dataset.id);
    // While a question is open, only it can be read.
    if (toast.hasAttribute("data-stays")) return dialog()?.open ? document.getElementById("dialog-body").prepend(toast) : undefined;
    [...toast.parentNode.querySelectorAll(".toast")].slice(0, -MOST_TOASTS).forEach((older) => older.remove());
    return dismissLater(toast);
  };
  const gatherSaid = () => {
    document.getElementById("toasts")?.append(...document.querySelectorAll(".said > .toast"));
    document.querySelector(".said")?.remove();
  };
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    if (ctx.response?.status < 400) ctx.askedBy?.closest?.(".toast")?.remove();
    gatherSaid();
  });
  const undo = () => [...document.querySelectorAll("#toasts [data-undo]")].pop()?.click();
  const watchToasts = () => {
    const region = document.getElementById("toasts");
    if (!region) return;
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
      if (node.nodeType === 1) welcome(node);
    }))).observe(region, { childList: true });
  };

  // Times: the server writes the words, this keeps them true. The steps are those of pages/wording.py.
  const ago = (then, now) => {
    const seconds = Math.round((now - then) / 1000);
    const size = Math.abs(seconds);
    const say = (amount, unit) => (seconds >= 0 ? `${amount} ${unit} ago` : `in ${amount} ${unit}`);
    if (size < 5) return "just now";
    if (size < 60) return say(size, "s");
    if (size < 3600) return say(Math.floor(size / 60), "min");
    if (size < 86400) return say(Math.floor(size / 3600), "h");
    const days = Math.floor(size / 86400);
    return days < 30 ? say(days, days === 1 ? "day" : "days") : null;
  };
  const lasting = (milliseconds) => {
    const seconds = Math.floor(milliseconds / 1000);
    if (seconds < 60) return `${seconds} s`;
    const two = (large, unit, small, smaller) => (small ? `${large} ${unit} ${small} ${smaller}` : `${large} ${unit}`);
    if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s");
    if (seconds < 86400) return two(Math.floor(seconds / 3600), "h", Math.floor((seconds % 3600) / 60), "min");
    const days = Math.floor(seconds / 86400);
    return `${days} ${days === 1 ? "day" : "days"}`;
  };
  const refreshTimes = () => {
    const now = Date.now();
    document.querySelectorAll("time[data-ago]").forEach((time) => {
      const words = ago(Date.parse(time.dateTime), now);
      if (words && time.textContent !== words) time.textContent = words;
    });
    document.querySelectorAll("[data-since]").forEach((span) => {
      const words = lasting(Math.max(0, now - Date.parse(span.dataset.since)));
      if (span.textContent !== words) span.textContent = words;
    });
  };

  // A row in which somebody types is left alone by live changes, until it is saved or sent; its version then says whether
  // somebody else was first.
  const TYPED_IN = "[data-row] form, form[data-typing]";
  document.addEventListener("input", (event) => {
    const form = event.target.closest(TYPED_IN);
    form?.setAttribute("hx-morph-skip", "");
    form?.querySelector("[data-saved]")?.remove();
  });
  document.addEventListener("submit", (event) => event.target.closest(TYPED_IN)?.removeAttribute("hx-morph-skip"));
  // What was sent and not done is still only what was typed.
  document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
    if (ctx.response.status >= 500 || ctx.response.status === 429) ctx.askedBy?.closest?.(TYPED_IN)?.setAttribute("hx-morph-skip", "");
  });
  // Another try replaces what was said of the last one.
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
    if (ctx.request.method !== "GET") document.querySelectorAll(".toast[data-stays]").forEach((toast) => toast.remove());
  });
  // The answer to what a person did themselves is the newest state, and has what was saved of theirs in it.
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    if (ctx.target !== "#work" && ctx.target?.id !== "work") return;
    document.querySelectorAll("[hx-morph-skip]:has([data-saved])").forEach((form) => form.removeAttribute("hx-morph-skip"));
  });

  // Enter in a field of a form whose first button only keeps goes on to the next field; Ctrl+Enter presses the button that acts.
  const FIELDS = "input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select";
  const goOn = (field) => {
    const fields = [...field.form.querySelectorAll(FIELDS)].filter((one) => !one.disabled && one.offsetParent);
    fields[fields.indexOf(field) + 1]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !field.form || !field.matches("input, textarea")) return;
    if (event.ctrlKey || event.metaKey) {
      const deliberate = field.form.querySelector("[data-deliberate]");
      if (deliberate) {
        event.preventDefault();
        field.form.requestSubmit(deliberate);
      }
      return;
    }
    if (field.matches("textarea") || !field.form.querySelector("button:not([type=button])")?.matches("[data-keeps]")) return;
    event.preventDefault();
    goOn(field);
  });

  // Keys.
  const PLACES = { h: "/app", i: "/app/inbox", u: "/app/runs", p: "/app/partnerships", m: "/app/monitor", r: "/app/renewals", t: "/app/tasks", c: "/app/customers", k: "/app/contacts", n: "/app/notifications", a: "/app/admin" };
  let leader = -Infinity;
  const rows = () => [...document.querySelectorAll("[data-rows] > :is([data-href], [data-row])")];
  const chosenRow = () => document.querySelector("[data-rows] > .is-chosen");
  let chosenId = null;
  const choose = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("is-chosen"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    all[at]?.classList.remove("is-chosen");
    next.classList.add("is-chosen");
    chosenId = next.id;
    (next.hasAttribute("tabindex") ? next : next.querySelector("a[href]") ?? next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (next.parentNode.hasAttribute("data-opens")) openSoon(next.querySelector("a[href]"));
  };
  // Where the chosen row is shown beside its list, it opens once the keys have come to rest on it.
  const REST_MS = 200;
  let opening;
  const openSoon = (link) => {
    clearTimeout(opening);
    opening = setTimeout(() => link?.isConnected && link.click(), REST_MS);
  };
  // A row that was swapped is the chosen one still, and the rows with which something was done are no longer selected.
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const row = chosenId && document.getElementById(chosenId);
    if (row && !chosenRow() && row.closest("[data-rows]")) row.classList.add("is-chosen");
    if (ctx.response?.status < 400 && ctx.askedBy?.matches?.("#many, form.ask")) clearSelection();
    tellSelection();
  });
  const selection = () => [...document.querySelectorAll("[data-select]:checked")];
  const clearSelection = () => selection().forEach((box) => { box.checked = false; });
  const tellSelection = () => document.querySelectorAll("[data-selected]").forEach((count) => {
    count.textContent = `${selection().length} selected`;
  });
  document.addEventListener("change", tellSelection);
  document.addEventListener("reset", () => setTimeout(() => { clearSelection(); tellSelection(); }));
  const select = () => {
    chosenRow()?.querySelector("[data-select]")?.click();
  };
  // A key presses what is marked with it: of the selection if there is one, else of the chosen row, else of the page.
  const marked = (key) => {
    const at = `[data-key="${CSS.escape(key)}"]`;
    if (selection().length) return document.querySelector(`.many ${at}`);
    const ofPage = [...document.querySelectorAll(`#work ${at}`)].find((one) => !one.closest("[data-rows], .many"));
    return chosenRow()?.querySelector(at) ?? ofPage;
  };
  const showKeys = () => {
    const keys = document.getElementById("keys");
    if (!keys) return;
    const shown = keys.content.cloneNode(true);
    document.querySelectorAll("[data-key][data-does]").forEach(({ dataset: { key, does } }) => {
      const [term, words, kbd] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
      [term.textContent, kbd.textContent] = [does, key];
      words.append(kbd);
      shown.querySelector("dl").append(term, words);
    });
    document.getElementById("dialog-body").replaceChildren(shown);
    dialog().showModal();
  };
  const KEYS = {
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": showKeys,
    j: () => choose(1),
    k: () => choose(-1),
    o: () => chosenRow()?.querySelector("a[href]")?.click(),
    u: undo,
    x: select,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target) || dialog()?.open) return;
    if (event.timeStamp - leader < 1200 && PLACES[event.key]) {
      leader = -Infinity;
      window.location.assign(PLACES[event.key]);
      return;
    }
    leader = event.key === "g" ? event.timeStamp : -Infinity;
    const button = KEYS[event.key] ? null : marked(event.key);
    const act = KEYS[event.key] ?? (button && (() => button.click()));
    if (act) {
      event.preventDefault();
      act();
    }
    if (event.key === "Enter" && event.target === document.body) {
      const chosen = document.querySelector("[data-rows] > .is-chosen");
      if (chosen?.dataset.href) window.location.assign(chosen.dataset.href);
    }
  });

  // The dot that says whether the page hears its changes; a page that hears of a monitor that is itself behind is not live.
  let hearing = null;
  const tellLive = () => hearing && document.querySelectorAll(".live").forEach((dot) => {
    const { lag } = dot.dataset;
    [dot.dataset.state, dot.textContent] = lag && hearing[0] === "on" ? ["late", lag] : hearing;
  });
  const hear = (state, words) => { hearing = [state, words]; tellLive(); };
  document.addEventListener("htmx:sse:after:connection", () => hear("on", "Live"));
  document.addEventListener("htmx:sse:error", () => hear("off", "Reconnecting"));
  document.addEventListener("htmx:after:swap", tellLive);
  document.addEventListener("tandem:reload", () => window.location.reload());

  document.addEventListener("DOMContentLoaded", () => {
    watchToasts();
    gatherSaid();
    refreshTimes();
    document.querySelector(".track [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    setInterval(refreshTimes, 1000);
  });
})();
