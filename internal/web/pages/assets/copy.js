// Puts a button below each box of YAML that copies it. Without JavaScript the box can be selected.
"use strict";
(() => {
  const boxes = "textarea.yaml";
  const copy = async (box) => {
    try {
      await navigator.clipboard.writeText(box.value);
      return true;
    } catch { /* the page did not come by TLS, or the browser forbids it: the old way may do */ }
    const back = document.activeElement;
    box.select();
    const done = document.execCommand("copy");
    if (done) back.focus();
    return done;
  };
  const add = (box) => {
    if (box.dataset.copies) return;
    box.dataset.copies = "yes";
    const row = document.createElement("div"), press = document.createElement("button");
    const of = document.createElement("span"), said = document.createElement("span");
    const label = document.getElementById(box.getAttribute("aria-labelledby"));
    row.className = "acts copy";
    press.type = "button";
    press.className = "quiet";
    of.className = "hidden";
    of.textContent = ": " + (box.getAttribute("aria-label") || label && label.textContent || "YAML");
    press.append("Copy", of);
    said.setAttribute("role", "status");
    let timer = 0;
    press.addEventListener("click", async () => {
      clearTimeout(timer);
      said.textContent = "";
      said.textContent = await copy(box) ? "Copied" : "It is selected: copy it with Ctrl+C";
      timer = setTimeout(() => { said.textContent = ""; }, 10000);
    });
    row.append(press, said);
    box.after(row);
  };
  const all = () => document.querySelectorAll(boxes).forEach(add);
  all();
  const result = document.getElementById("result"); // what is tried comes later
  if (result) new MutationObserver(all).observe(result, { childList: true, subtree: true });
})();
