// Finds anything: Ctrl-K (or Cmd-K) opens it, arrows choose, Enter opens what is chosen.
(() => {
  const finder = () => document.getElementById("finder");
  const field = () => document.getElementById("finder-field");
  const options = () => [...document.querySelectorAll("#finder [role=option]")];
  const choose = (step) => {
    const all = options();
    if (!all.length) return;
    const at = all.findIndex((one) => one.ariaSelected === "true");
    const next = all[(at + step + all.length) % all.length];
    all.forEach((one) => { one.ariaSelected = one === next ? "true" : "false"; });
    field().setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    finder().showModal();
    field().select();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k" && finder()) {
      event.preventDefault();
      if (finder().open) finder().close();
      else open();
      return;
    }
    if (event.target !== field()) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    }
    if (event.key === "Enter") {
      event.preventDefault();
      (options().find((one) => one.ariaSelected === "true") ?? options()[0])?.click();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-find]")) {
      event.preventDefault();
      open();
    }
    if (event.target === finder()) finder().close();
  });
  document.addEventListener("htmx:after:swap", () => {
    field()?.removeAttribute("aria-activedescendant");
    if (finder()?.open && !options().some((one) => one.ariaSelected === "true")) choose(1);
  });
})();
