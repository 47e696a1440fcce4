"use strict";
(() => {
  const every = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.getElementById("filters");
  const count = document.getElementById("count");
  const theme = document.getElementById("theme");

  // What carries none of these attributes is never hidden.
  const chosen = (name) => new Set(every(`input[name=${name}]:checked`, form).map((box) => box.value));
  const filter = () => {
    const severities = chosen("severity");
    const sources = chosen("source");
    const words = form.elements.table.value.trim().toLowerCase();
    for (const item of every("[data-severity], [data-table]")) {
      const { severity, table } = item.dataset;
      const own = (item.dataset.sources ?? "").split(" ").filter(Boolean);
      item.hidden =
        (severity !== undefined && !severities.has(severity)) ||
        (own.length > 0 && !own.some((source) => sources.has(source))) ||
        (table !== undefined && !table.toLowerCase().includes(words));
    }
    for (const group of every(".group")) {
      group.hidden = every(".finding", group).every((finding) => finding.hidden);
    }
    const findings = every(".finding");
    count.textContent = `${findings.filter((finding) => !finding.hidden).length} of ${findings.length} findings shown`;
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  theme.addEventListener("change", () => {
    document.documentElement.dataset.theme = theme.value;
  });
  // A link to a table opens it, though it may be folded or filtered.
  const reveal = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (named) {
      named.hidden = false;
      if (named.tagName === "DETAILS") named.open = true;
      named.scrollIntoView();
    }
  };
  addEventListener("hashchange", reveal);
  for (const scripted of every("[data-scripted]")) scripted.hidden = false;
  filter();
  reveal();

  const graph = document.getElementById("graph");
  if (!graph) return;
  const whole = graph.dataset.size.split(" ").map(Number);
  let view = [...whole];
  const show = () => graph.setAttribute("viewBox", view.join(" "));
  const zoom = (factor, x = view[0] + view[2] / 2, y = view[1] + view[3] / 2) => {
    const scale = Math.min(Math.max((view[2] * factor) / whole[2], 0.02), 4) / (view[2] / whole[2]);
    view = [x - (x - view[0]) * scale, y - (y - view[1]) * scale, view[2] * scale, view[3] * scale];
    show();
  };
  const move = (x, y) => {
    view = [view[0] + x * view[2], view[1] + y * view[3], view[2], view[3]];
    show();
  };
  const reset = () => {
    view = [...whole];
    show();
  };
  document.getElementById("closer").addEventListener("click", () => zoom(0.75));
  document.getElementById("farther").addEventListener("click", () => zoom(1 / 0.75));
  document.getElementById("all").addEventListener("click", reset);

  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(graph.getScreenCTM().inverse());
  graph.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = point(event);
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, x, y);
  }, { passive: false });
  let held = null;
  graph.addEventListener("pointerdown", (event) => {
    held = event.target.closest(".node") ? null : point(event);
  });
  graph.addEventListener("pointermove", (event) => {
    if (!held) return;
    const now = point(event);
    view = [view[0] - now.x + held.x, view[1] - now.y + held.y, view[2], view[3]];
    show();
  });
  addEventListener("pointerup", () => {
    held = null;
  });
  const keys = {
    "+": () => zoom(0.75), "=": () => zoom(0.75), "-": () => zoom(1 / 0.75), 0: reset,
    ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0), ArrowUp: () => move(0, -0.1), ArrowDown: () => move(0, 0.1),
  };
  graph.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  const edges = every(".edge", graph);
  const nodes = every(".node", graph);
  const light = (node) => {
    graph.classList.toggle("dimmed", node !== null);
    const near = new Set(node ? [node.dataset.node] : []);
    for (const edge of edges) {
      const touches = node !== null && [edge.dataset.from, edge.dataset.to].includes(node.dataset.node);
      edge.classList.toggle("lit", touches);
      if (touches) near.add(edge.dataset.from).add(edge.dataset.to);
    }
    for (const other of nodes) other.classList.toggle("lit", near.has(other.dataset.node));
  };
  for (const node of nodes) {
    for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => light(node));
    for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => light(null));
  }
  const seen = document.getElementById("seen");
  seen.addEventListener("change", () => {
    for (const edge of edges) {
      edge.classList.toggle("away", seen.value !== "" && !edge.dataset.sources.split(" ").includes(seen.value));
    }
  });
})();
