// Tries a rule while somebody types: the form is sent again when they rest, and what came of it
// is shown below it.
"use strict";
(() => {
  const form = document.querySelector("form.try");
  const result = document.getElementById("result");
  if (!form || !result || !window.fetch || !window.DOMParser) return;
  let timer = 0, asked = null, said = "";
  const ask = async () => {
    const body = new URLSearchParams(new FormData(form));
    if (!body.get("rule").trim() || body.toString() === said) return;
    if (asked) asked.abort();
    const mine = asked = new AbortController();
    result.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, signal: mine.signal });
      if (answer.redirected || answer.status === 403) { location.reload(); return; }
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("result");
      if (next) { result.replaceChildren(...next.childNodes); said = body.toString(); }
    } catch { /* somebody went on typing, or the daemon is down */ } finally {
      if (asked === mine) result.removeAttribute("aria-busy");
    }
  };
  ask();
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 400); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); said = ""; ask(); });
})();
