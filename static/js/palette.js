// Ctrl K opens the search over any page; the arrows walk through what is found, Enter opens it.
"use strict";
(function () {
  const found = () => Array.from(document.querySelectorAll("#dialog .palette-l [role=option]"));
  const box = () => document.querySelector("#dialog .palette");
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!box()) htmx.ajax("GET", "/find", { target: "#dialog", swap: "innerHTML" });
      return;
    }
    if (!box() || !["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
    const all = found();
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "Enter") {
      const chosen = all[at < 0 ? 0 : at];
      if (chosen && event.target.matches("input")) { event.preventDefault(); chosen.click(); }
      return;
    }
    event.preventDefault();
    const next = all[(at + (event.key === "ArrowDown" ? 1 : all.length - (at < 0 ? 0 : 1))) % all.length];
    all.forEach((each) => { each.setAttribute("aria-selected", String(each === next)); each.removeAttribute("id"); });
    if (!next) return;
    next.id = "palette-at";
    box().querySelector(".palette-in").setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  });
})();
