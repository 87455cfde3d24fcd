// Tries a rule while somebody types: the form is sent again when they rest, and what came of it
// is shown below it. The verdict on the story comes first, and then what the archive has.
"use strict";
(() => {
  const form = document.querySelector("form.try");
  const verdict = document.getElementById("verdict"), found = document.getElementById("found");
  if (!form || !verdict || !found || !window.fetch || !window.DOMParser) return;
  let timer = 0, asked = null, said = "";
  const ask = async (read) => {
    const body = new URLSearchParams(new FormData(form));
    if (!body.get("rule").trim() || body.toString() === said) return;
    if (asked) asked.abort();
    const mine = asked = new AbortController();
    const show = async (part, sent) => {
      part.setAttribute("aria-busy", "true");
      const answer = await fetch(form.action, { method: "POST", body: sent, signal: mine.signal });
      if (answer.redirected || answer.status === 403) { location.reload(); return; }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html"), next = page.getElementById(part.id);
      if (asked !== mine) return;
      if (!next) throw new Error("no answer");
      part.replaceChildren(...next.childNodes);
      part.removeAttribute("aria-busy");
      return page;
    };
    try {
      const first = new URLSearchParams(body);
      first.set("part", "verdict");
      if (read) first.set("read", "yes");
      const page = await show(verdict, first), story = page && page.getElementById("text");
      if (story && form.elements.text.value === body.get("text") && story.value !== body.get("text")) {
        form.elements.text.value = story.value; // of the page that was read
        body.set("text", form.elements.text.value);
      }
      if (verdict.querySelector("section.bad")) found.replaceChildren();
      else await show(found, body);
      said = body.toString();
    } catch {
      if (asked !== mine) return; // somebody went on typing
      const lost = document.createElement("p");
      lost.className = "notice bad";
      lost.textContent = "copytaster does not answer. Press Try again.";
      verdict.replaceChildren(lost);
      found.replaceChildren();
    } finally {
      if (asked === mine) for (const part of [verdict, found]) part.removeAttribute("aria-busy");
    }
  };
  ask();
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => ask(false), 400); });
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); said = ""; ask(true); });
})();
