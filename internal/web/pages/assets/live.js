// Keeps the first page as it is now: the daemon says when it has changed, and each section that
// differs is replaced. What somebody is just using stays until they leave it.
"use strict";
(() => {
  const main = document.querySelector("main[data-live]");
  if (!main || !window.EventSource || !window.DOMParser) return;
  let busy = false, again = false;
  const using = (part) => {
    const selected = document.getSelection();
    return part.contains(document.activeElement) ||
      selected && !selected.isCollapsed && selected.containsNode(part, true);
  };
  const stale = () => { // it must not go on saying that all is well
    const state = document.getElementById("state");
    if (!state || state.dataset.stale) return;
    state.dataset.stale = "1";
    state.className = "state bad";
    const since = new Date().toISOString().slice(11, 19);
    state.textContent = "! This page has not been kept up to date since " + since + " UTC.";
  };
  const refresh = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (answer.redirected || answer.status === 403) { location.reload(); return; }
      if (!answer.ok) { stale(); return; }
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
      if (next) replace(next);
    } catch { stale(); /* the stream begins again when the daemon is back */ } finally {
      busy = false;
      if (again) { again = false; refresh(); }
    }
  };
  const replace = (next) => {
    for (const part of [...main.children]) if (part.id && !next.querySelector(":scope > #" + part.id)) part.remove();
    let before = null;
    for (const part of [...next.children]) {
      const old = part.id && main.querySelector(":scope > #" + part.id);
      if (!part.id) continue;
      if (!old) { before ? before.after(part) : main.append(part); before = part; continue; }
      if (!using(old) && old.innerHTML + old.className !== part.innerHTML + part.className) {
        const open = [...old.querySelectorAll("details")].map((d) => d.open);
        old.className = part.className;
        delete old.dataset.stale;
        old.replaceChildren(...part.childNodes);
        old.querySelectorAll("details").forEach((d, i) => { d.open = open[i] || false; });
      }
      before = old;
    }
  };
  const stream = new EventSource(main.dataset.live);
  let lost = false;
  stream.addEventListener("changed", refresh);
  stream.addEventListener("open", () => { if (lost) refresh(); lost = false; });
  stream.addEventListener("error", () => {
    lost = true;
    refresh();
    if (stream.readyState === EventSource.CLOSED) setInterval(refresh, 60000);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
