/** The script of a recording's page: playback from any place, the line that is heard, zoom and keys. */
export const recordingScript = `"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const audio = one("audio");
  const inner = one(".inner");
  const scroll = one(".scroll");
  const cursor = one(".cursor");
  const axis = one(".axis");
  const zoomBar = one(".zoom");
  const durationSec = Number(inner.dataset.duration) || 1;
  const lines = [...document.querySelectorAll(".transcript li")].map((element) => ({
    element, start: Number(element.dataset.start), end: Number(element.dataset.end),
  }));
  const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
  const clock = (seconds) => {
    const whole = Math.floor(seconds + 1e-6);
    const tenth = Math.round((seconds - whole) * 10);
    const pad = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor(whole / 60) % 60;
    const text = (hours > 0 ? hours + ":" + pad(minutes) : minutes) + ":" + pad(whole % 60);
    return tenth > 0 ? text + "." + tenth : text;
  };
  let at = 0;
  let hasMoved = false;
  let zoom = 1;
  let current = [];

  function show() {
    cursor.style.left = (100 * at) / durationSec + "%";
    cursor.setAttribute("aria-valuenow", at.toFixed(1));
    cursor.setAttribute("aria-valuetext", clock(Math.round(at)));
    const now = !hasMoved ? [] : lines.filter(({ start, end }) => start <= at + 1e-3 && at + 1e-3 < end);
    if (now.length === current.length && now.every((line, n) => line === current[n])) return;
    for (const { element } of current) element.removeAttribute("aria-current");
    for (const { element } of now) element.setAttribute("aria-current", "true");
    current = now;
    if (now.length > 0 && audio && !audio.paused) now[0].element.scrollIntoView({ block: "nearest" });
  }
  function keepInView() {
    const x = (at / durationSec) * inner.clientWidth;
    if (x < scroll.scrollLeft || x > scroll.scrollLeft + scroll.clientWidth) {
      scroll.scrollLeft = x - scroll.clientWidth / 4;
    }
  }
  function seek(sec, plays) {
    hasMoved = true;
    at = Math.min(durationSec, Math.max(0, sec));
    if (audio) {
      audio.currentTime = at;
      if (plays) audio.play().catch(() => {});
    }
    show();
    keepInView();
  }
  function drawAxis() {
    const wanted = inner.clientWidth / 72;
    const step = steps.find((each) => durationSec / each <= wanted) || 28800;
    axis.replaceChildren();
    for (let n = 0; n * step <= durationSec; n++) {
      const tick = document.createElement("span");
      tick.style.left = (100 * n * step) / durationSec + "%";
      tick.textContent = clock(n * step);
      axis.append(tick);
    }
  }
  function setZoom(factor) {
    const most = Math.max(1, (durationSec * 60) / scroll.clientWidth);
    zoom = Math.min(most, Math.max(1, zoom * factor));
    inner.style.width = 100 * zoom + "%";
    drawAxis();
    scroll.scrollLeft = (at / durationSec) * inner.clientWidth - scroll.clientWidth / 2;
    const [less, more] = zoomBar.children;
    less.disabled = zoom <= 1;
    more.disabled = zoom >= most;
  }
  function follow() {
    if (audio.paused) return;
    hasMoved = true;
    at = audio.currentTime;
    show();
    keepInView();
    requestAnimationFrame(follow);
  }
  const toggle = () => (audio.paused ? audio.play().catch(() => {}) : audio.pause());
  function step(by) {
    const index = by > 0
      ? lines.findIndex(({ start }) => start > at + 1e-3)
      : lines.findLastIndex(({ start }) => start < at - 0.5);
    if (index < 0) return;
    seek(lines[index].start, false);
    lines[index].element.scrollIntoView({ block: "nearest" });
  }

  for (const hidden of [cursor, zoomBar, one(".keys")]) if (hidden) hidden.hidden = false;
  cursor.tabIndex = 0;
  cursor.setAttribute("role", "slider");
  cursor.setAttribute("aria-label", "Playback position");
  cursor.setAttribute("aria-valuemin", "0");
  cursor.setAttribute("aria-valuemax", durationSec.toFixed(1));
  inner.addEventListener("click", ({ clientX }) => {
    const { left, width } = inner.getBoundingClientRect();
    seek(((clientX - left) / width) * durationSec, true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#t="]');
    if (link) seek(Number(link.hash.slice(3)), true);
    const button = event.target.closest("[data-zoom]");
    if (button) setZoom(Number(button.dataset.zoom));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onControl = event.target.closest("button, audio, summary");
    if (event.key === " " && audio && !onControl) toggle();
    else if (event.key === "ArrowLeft" && event.target !== audio) seek(at - 5, false);
    else if (event.key === "ArrowRight" && event.target !== audio) seek(at + 5, false);
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "+" || event.key === "=") setZoom(2);
    else if (event.key === "-") setZoom(0.5);
    else return;
    event.preventDefault();
  });
  if (audio) {
    const failed = () => (one(".problem").hidden = false);
    audio.addEventListener("play", follow);
    audio.addEventListener("error", failed);
    if (audio.error) failed();
    audio.addEventListener("seeked", () => {
      hasMoved = true;
      at = audio.currentTime;
      show();
    });
  }
  const fromHash = () => {
    const sec = Number(/^#t=([\\d.]+)$/.exec(location.hash)?.[1] ?? NaN);
    if (Number.isFinite(sec)) seek(sec, false);
  };
  addEventListener("hashchange", fromHash);
  addEventListener("resize", () => setZoom(1));
  setZoom(1);
  show();
  fromHash();
})();`;
