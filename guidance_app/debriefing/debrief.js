"use strict";
(() => {
  const clip = document.getElementById("clip");
  const line = document.getElementById("time-line");
  const cursor = document.getElementById("cursor");
  const now = document.getElementById("now");
  const play = document.getElementById("play");
  const speed = document.getElementById("speed");
  const length = Number(line.dataset.seconds);
  const pictures = JSON.parse(document.getElementById("pictures").textContent);
  const JUST_BEHIND = 0.0005; // a browser keeps microseconds: on the border it takes either side

  const words = (t) => `${Math.floor(t / 60)}:${(t % 60).toFixed(1).padStart(4, "0")}`;
  const seek = (t) => {
    clip.currentTime = Math.min(Math.max(t, 0), length);
    show();
  };

  function show() {
    const t = Math.min(clip.currentTime, length);
    const place = `${(100 * t) / length}%`;
    cursor.setAttribute("x1", place);
    cursor.setAttribute("x2", place);
    line.setAttribute("aria-valuenow", t.toFixed(3));
    line.setAttribute("aria-valuetext", `${t.toFixed(1)} seconds`);
    now.textContent = words(t);
    play.textContent = clip.paused ? "Play" : "Pause";
  }

  function follow() {
    show();
    if (!clip.paused && !clip.ended) requestAnimationFrame(follow);
  }

  function step(forwards) {
    clip.pause();
    const at = clip.currentTime * 1000;
    const next = forwards
      ? pictures.find((ms) => ms > at + 1)
      : pictures.findLast((ms) => ms < at - 1);
    if (next !== undefined) seek(next / 1000 + JUST_BEHIND);
  }

  const timeAt = (event) => {
    const box = line.getBoundingClientRect();
    return ((event.clientX - box.left) / box.width) * length;
  };
  line.addEventListener("pointerdown", (event) => {
    line.setPointerCapture(event.pointerId);
    seek(timeAt(event));
  });
  line.addEventListener("pointermove", (event) => {
    if (line.hasPointerCapture(event.pointerId)) seek(timeAt(event));
  });

  const keys = {
    ArrowLeft: () => seek(clip.currentTime - 1),
    ArrowRight: () => seek(clip.currentTime + 1),
    PageDown: () => seek(clip.currentTime - 10),
    PageUp: () => seek(clip.currentTime + 10),
    Home: () => seek(0),
    End: () => seek(length),
    ",": () => step(false),
    ".": () => step(true),
    " ": () => (clip.paused ? clip.play() : clip.pause()),
  };
  line.addEventListener("keydown", (event) => {
    const action = keys[event.key];
    if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    action();
  });

  for (const button of document.querySelectorAll("button[data-at]")) {
    button.addEventListener("click", () => {
      clip.pause();
      seek(Number(button.dataset.at) + JUST_BEHIND);
      clip.scrollIntoView({ block: "nearest" });
    });
  }
  clip.controls = false; // they would lie over what the picture says below
  play.addEventListener("click", keys[" "]);
  clip.addEventListener("click", keys[" "]);
  speed.addEventListener("change", () => (clip.playbackRate = Number(speed.value)));
  document.getElementById("back").addEventListener("click", () => step(false));
  document.getElementById("on").addEventListener("click", () => step(true));

  // Some browsers play no clip from a data address, and the same bytes from a blob.
  clip.addEventListener("error", () => {
    const text = atob(clip.src.slice(clip.src.indexOf(",") + 1));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    clip.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  }, { once: true });
  clip.addEventListener("play", follow);
  for (const kind of ["pause", "seeked", "timeupdate", "loadedmetadata"]) {
    clip.addEventListener(kind, show);
  }
  show();
})();
