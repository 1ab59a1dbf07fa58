// A file dropped anywhere on a drop zone goes to its input, as if it had been chosen there; one that the server would not
// take for its size is refused here, before it is sent.
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
      weigh(input);
      input.focus();
    });
  }

  function weigh(input) {
    const large = Array.from(input.files).some((file) => file.size > Number(input.dataset.limit));
    const said = document.getElementById("file-bad");
    input.setCustomValidity(large ? input.dataset.tooLarge : "");
    said.textContent = large ? input.dataset.tooLarge : "";
    said.hidden = !large;
  }
  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("#file[data-limit]")) weigh(event.target);
  });
  addEventListener("pageshow", () => document.querySelectorAll("#file[data-limit]").forEach(weigh)); // back, with the file still chosen
})();
