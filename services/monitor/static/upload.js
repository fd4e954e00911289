/* Files that are dropped or chosen go one by one, each with its progress. Without this script the form sends them together. */
(() => {
  "use strict";

  const line = (list, name) => {
    const item = document.createElement("li");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `Sending ${name}`);
    said.textContent = "sending";
    item.append(Object.assign(document.createElement("strong"), { textContent: name }), bar, said);
    list.append(item);
    return { item, bar, said };
  };

  const refuse = (shown, why) => {
    shown.bar.remove();
    shown.said.textContent = "refused";
    shown.item.append(Object.assign(document.createElement("div"), { className: "why", textContent: why }));
  };

  // The answer is the list as it is now; what it says of the uploads is told in their own lines.
  const take = (answer, shown) => {
    const fresh = new DOMParser().parseFromString(answer.responseText, "text/html").getElementById("contracts");
    const refused = fresh?.querySelector("[data-refused]");
    if (answer.status === 201) shown.item.remove();
    else refuse(shown, refused?.textContent.trim() ?? (answer.status === 413 ? "It is too large." : "It could not be sent. Try again."));
    if (!fresh) return;
    fresh.querySelectorAll("[data-refused]").forEach((note) => note.remove());
    const old = document.getElementById("contracts");
    const now = document.importNode(fresh, true);
    now.querySelector("[data-uploads]").replaceWith(old.querySelector("[data-uploads]"));
    old.replaceWith(now);
    window.htmx?.process(now);
  };

  const send = (form, file, key) => new Promise((done) => {
    const list = document.querySelector("#contracts [data-uploads]");
    const shown = line(list, file.name);
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("key", key);
    body.append("file", file);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      shown.bar.value = event.loaded / event.total;
      shown.said.textContent = event.loaded < event.total ? `${Math.floor(100 * shown.bar.value)} %` : "being put on file";
    });
    request.addEventListener("loadend", () => {
      take(request, shown);
      done();
    });
    request.open("POST", form.action);
    request.setRequestHeader("X-Requested-With", "upload");
    request.send(body);
  });

  const sendAll = async (form, files) => {
    const key = form.elements.key.value;
    document.querySelector("#contracts [data-uploads]").replaceChildren();
    for (const [number, file] of [...files].entries()) await send(form, file, `${key}-${number}`);
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-upload]");
    if (!form) return;
    event.preventDefault();
    sendAll(form, form.elements.file.files);
  });
  const over = (event) => event.target.closest?.("[data-upload]");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const form = over(event);
      if (!form || ![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") sendAll(form, event.dataTransfer.files);
    });
  }
})();
