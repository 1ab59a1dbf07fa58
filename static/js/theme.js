// Before the first paint: where the person chose no theme, follow the device.
"use strict";
(function () {
  const root = document.documentElement;
  if (!root.hasAttribute("data-theme-auto")) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  set();
  dark.addEventListener("change", set);
})();
