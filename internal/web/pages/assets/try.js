// Tries a rule while somebody types: the form is sent again when they rest, and what came of it
// is shown below it. The verdict on the story comes first, and then what the archive has.
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
    const show = async (id, sent) => {
      const answer = await fetch(form.action, { method: "POST", body: sent, signal: mine.signal });
      if (answer.redirected || answer.status === 403) { location.reload(); return; }
      const next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
      if (next) document.getElementById(id).replaceChildren(...next.childNodes);
    };
    try {
      const first = new URLSearchParams(body);
      first.set("part", "verdict");
      await show("verdict", first);
      await show("found", body);
      said = body.toString();
    } catch { /* somebody went on typing, or the daemon is down */ } finally {
      if (asked === mine) result.removeAttribute("aria-busy");
    }
  };
  ask();
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 400); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); said = ""; ask(); });
})();
