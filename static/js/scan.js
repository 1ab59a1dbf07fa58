// Reads bar codes and QR codes by the camera, where the browser has BarcodeDetector and the page a secure context. One rule:
// what was read is as if typed; elsewhere the button stays hidden and the input is all there is.
(() => {
  "use strict";
  const able = "BarcodeDetector" in window && window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
  if (!able) return;

  document.documentElement.classList.add("scans");

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-scan]");
    if (button) scan(button);
  });

  async function scan(button) {
    const dialog = document.createElement("dialog");
    dialog.className = "scan-x";
    const video = document.createElement("video");
    video.playsInline = true;
    video.muted = true;
    const hint = document.createElement("p");
    hint.setAttribute("role", "status");
    hint.textContent = button.dataset.aim;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn";
    close.textContent = button.dataset.close;
    close.addEventListener("click", () => dialog.close());
    dialog.append(video, hint, close);
    document.body.append(dialog);
    let stream = null;
    dialog.addEventListener("close", () => {
      for (const track of stream ? stream.getTracks() : []) track.stop();
      dialog.remove();
      button.focus();
    });
    dialog.showModal();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (!dialog.open) return stream.getTracks().forEach((track) => track.stop());
      video.srcObject = stream;
      await video.play();
      look(dialog, video, new window.BarcodeDetector(), input(button));
    } catch {
      hint.textContent = button.dataset.failed;
      hint.setAttribute("role", "alert");
      video.remove();
    }
  }

  function input(button) {
    return button.parentNode.querySelector("input[name]");
  }

  async function look(dialog, video, detector, typed) {
    while (dialog.open) {
      const found = await detector.detect(video).catch(() => []);
      if (found.length && dialog.open) {
        dialog.close();
        typed.value = found[0].rawValue;
        typed.dispatchEvent(new Event("input", { bubbles: true }));
        typed.dispatchEvent(new Event("change", { bubbles: true }));
        return;
      }
      await new Promise((go) => setTimeout(go, 120));
    }
  }
})();
