// Tries a rule while somebody types: the form is sent again when they rest, and what came of it
// is shown below it. The verdict on the story comes first, and then what the archive has.
"use strict";
(() => {
  const form = document.querySelector("form.try");
  const verdict = document.getElementById("verdict"), found = document.getElementById("found");
  if (!form || !verdict || !found || !window.fetch || !window.DOMParser) return;
  let timer = 0, asked = null, said = "";
  const tell = (part, why) => {
    const told = document.createElement("p");
    told.className = "notice bad";
    told.textContent = why;
    part.replaceChildren(told);
  };
  const ask = async (read) => {
    const body = new URLSearchParams(new FormData(form));
    if (body.toString() === said) return;
    said = "";
    if (asked) asked.abort();
    const mine = asked = new AbortController();
    if (!body.get("rule").trim()) {
      for (const part of [verdict, found]) { part.replaceChildren(); part.removeAttribute("aria-busy"); }
      return;
    }
    const show = async (part, sent) => { // reports whether the part is there
      part.setAttribute("aria-busy", "true");
      const answer = await fetch(form.action, { method: "POST", body: sent, signal: mine.signal });
      if (answer.redirected || answer.status === 403) { location.reload(); return false; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), next = page.getElementById(part.id);
      if (asked !== mine) return false;
      if (next) part.replaceChildren(...next.childNodes);
      else tell(part, page.querySelector("main p").textContent); // why it was refused
      part.removeAttribute("aria-busy");
      return next !== null;
    };
    let part = verdict;
    try {
      const first = new URLSearchParams(body);
      first.set("part", "verdict");
      if (read) first.set("read", "yes");
      const shown = await show(verdict, first);
      if (asked !== mine) return;
      if (!shown || verdict.querySelector("section.bad")) found.replaceChildren();
      else if (await show(part = found, body)) said = body.toString();
    } catch {
      if (asked !== mine) return; // somebody went on typing
      tell(part, "copytaster does not answer. Press Try again.");
      if (part === verdict) found.replaceChildren();
    } finally {
      if (asked === mine) for (const part of [verdict, found]) part.removeAttribute("aria-busy");
    }
  };
  ask();
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask(false), 400); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); said = ""; ask(true); });
})();
