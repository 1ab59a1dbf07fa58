// A file dropped anywhere on a drop zone goes to its input, as if it had been chosen there.
(() => {
  const zone = (event) => event.target instanceof Element && event.target.closest("[data-drop]");
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const box = zone(event);
      if (!box || !event.dataTransfer || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      box.classList.toggle("over", name === "dragover");
      const input = document.querySelector(box.dataset.drop);
      if (name !== "drop" || !event.dataTransfer.files.length) return;
      const only = new DataTransfer();
      only.items.add(event.dataTransfer.files[0]);
      input.files = only.files;
      input.focus();
    });
  }
})();
