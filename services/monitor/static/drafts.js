/* What was typed into a form marked data-draft comes back after a reload, in this tab, until it is sent or the person signs out. */
(() => {
  "use strict";

  const kept = {
    read: (key) => { try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return {}; } },
    write: (key, fields) => { try { sessionStorage.setItem(key, JSON.stringify(fields)); } catch { /* a tab that keeps nothing */ } },
    forget: (key) => { try { sessionStorage.removeItem(key); } catch { /* a tab that keeps nothing */ } },
  };
  // Several forms of a page may be sent to one address: those have a name of their own.
  const keyOf = (form) => `draft:${form.dataset.draft || form.getAttribute("action")}`;
  const NOT_TYPED = ["hidden", "file", "password", "submit", "button"];
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !NOT_TYPED.includes(field.type));
  const isChosen = (field) => field.type === "radio" || field.type === "checkbox";
  // A field is known by its name and its place among those of the same name.
  const named = (form) => {
    const counts = {};
    return fieldsOf(form).map((field) => {
      counts[field.name] = (counts[field.name] ?? -1) + 1;
      return [`${field.name} ${counts[field.name]}`, field];
    });
  };
  const value = (field) => (isChosen(field) ? field.checked : field.value);
  const served = (field) => {
    if (isChosen(field)) return field.defaultChecked;
    if (field.options) return ([...field.options].find((option) => option.defaultSelected) || field.options[0])?.value ?? "";
    return field.defaultValue;
  };

  const keep = (form) => {
    const typed = named(form).filter(([, field]) => value(field) !== served(field));
    if (!typed.length) return kept.forget(keyOf(form));
    return kept.write(keyOf(form), Object.fromEntries(typed.map(([name, field]) => [name, [served(field), value(field)]])));
  };
  // Only where the page still says what it said when the person typed: what somebody else has changed since is not overwritten.
  const restore = (form) => {
    const fields = kept.read(keyOf(form));
    named(form).forEach(([name, field]) => {
      const [before, typed] = fields[name] ?? [];
      if (before === undefined || before !== served(field) || value(field) !== before) return;
      if (isChosen(field)) field.checked = typed;
      else field.value = typed;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  };
  const restoreAll = () => document.querySelectorAll("form[data-draft]").forEach(restore);

  ["input", "change"].forEach((name) => document.addEventListener(name, ({ target }) => {
    const form = target.closest?.("form[data-draft]");
    if (form) keep(form);
  }));
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    const form = ctx.askedBy;
    if (form?.matches?.("form[data-draft]") && ctx.response?.status < 400) kept.forget(keyOf(form));
    restoreAll();
  });
  document.addEventListener("submit", ({ target, defaultPrevented }) => {
    // Sent by the browser itself, as before htmx is there: the page that answers has what was typed, if it was refused.
    if (!defaultPrevented && target.matches("form[data-draft]")) kept.forget(keyOf(target));
    if (target.getAttribute("action") !== "/sign-out") return;
    try { Object.keys(sessionStorage).filter((key) => key.startsWith("draft:")).forEach(kept.forget); } catch { /* nothing was kept */ }
  });
  document.addEventListener("click", ({ target }) => {
    const form = target.closest?.("[data-forget]")?.closest("form[data-draft]");
    if (form) kept.forget(keyOf(form));
  });
  restoreAll();
})();
