"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const NS = "http://www.w3.org/2000/svg";
const byId = id => document.getElementById(id);
const axisNames = data.axes.map(a => a.name);
const extra = [...new Set(data.designs.flatMap(d => d.keys.map(k => k[0])))].filter(n => !axisNames.includes(n) && !data.metrics.includes(n));
const metrics = [...data.metrics, ...extra];
const objectives = data.objectives.map(o => o.metric);
const designs = data.designs;
const selected = new Set();
const ranges = new Map();
let sortBy = objectives[0] || "design", sortDown = true;

// A number for every name: figure, numeric axis value, or position of a named axis value.
function value(d, name) {
  if (name === "design") return d.id;
  if (name === "front") return d.front ? 1 : 0;
  if (name in d.figures) return d.figures[name][0];
  const key = d.keys.find(k => k[0] === name);
  const i = axisNames.indexOf(name);
  if (i < 0) return key ? key[1] : undefined;
  const number = Number(data.axes[i].labels[d.at[i]]);
  return Number.isNaN(number) ? d.at[i] : number;
}
const label = (d, i) => data.axes[i].labels[d.at[i]];
function short(x) {
  if (x === undefined || x === null) return "";
  const a = Math.abs(x);
  if (a !== 0 && (a >= 1e6 || a < 1e-3)) return x.toExponential(2);
  return String(Math.round(x * 1e4) / 1e4);
}
function element(name, attributes, parent) {
  const e = document.createElementNS(NS, name);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (parent) parent.appendChild(e);
  return e;
}
function text(parent, x, y, content, attributes = {}) {
  const e = element("text", { x, y, ...attributes }, parent);
  e.textContent = content;
  return e;
}
function extent(values) {
  let low = Math.min(...values), high = Math.max(...values);
  if (!(high > low)) { const m = Math.abs(low) / 2 || 0.5; low -= m; high += m; }
  const margin = (high - low) * 0.04;
  return [low - margin, high + margin];
}
function ticks(low, high, count) {
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= rough);
  const found = [];
  for (let t = Math.ceil(low / step) * step; t <= high; t += step) found.push(t);
  return found;
}
function options(select, names, chosen) {
  for (const name of names) {
    const o = document.createElement("option");
    o.value = o.textContent = name;
    if (name === chosen) o.selected = true;
    select.appendChild(o);
  }
}
const inRanges = d => [...ranges].every(([name, [low, high]]) => { const v = value(d, name); return v >= low && v <= high; });
const isDim = d => (selected.size > 0 && !selected.has(d.id)) || !inRanges(d);

const tip = document.createElement("div");
tip.id = "tip";
document.body.appendChild(tip);
function showTip(event, d) {
  tip.replaceChildren();
  const head = document.createElement("b");
  head.textContent = `design ${d.id}${d.front ? ", on the front" : ""}${d.verdict ? ", RTL: " + d.verdict : ""}`;
  tip.appendChild(head);
  const lines = axisNames.map((n, i) => `${n} = ${label(d, i)}`);
  for (const n of new Set([...objectives, byId("x").value, byId("y").value]))
    if (!axisNames.includes(n)) lines.push(`${n} = ${short(value(d, n))}${n in d.figures && d.figures[n][1] ? " ± " + short(d.figures[n][1]) : ""}`);
  if (d.violated.length) lines.push("breaks " + d.violated.join("; "));
  for (const l of lines) { const p = document.createElement("div"); p.textContent = l; tip.appendChild(p); }
  tip.style.display = "block";
  tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8) + "px";
}
const hideTip = () => { tip.style.display = "none"; };

function drawScatter() {
  const [yn, xn, cn] = [byId("y").value, byId("x").value, byId("colour").value];
  const logarithmic = byId("log").checked;
  const W = 1080, H = 440, L = 76, R = 16, T = 12, B = 46;
  const svg = element("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${yn} over ${xn}` });
  const fx = v => logarithmic ? Math.log10(v) : v;
  const shown = designs.filter(d => Number.isFinite(fx(value(d, xn))) && Number.isFinite(value(d, yn)));
  byId("scatter").replaceChildren(svg);
  if (!shown.length) { text(svg, W / 2, H / 2, "no design has both figures", { "text-anchor": "middle" }); return; }
  const [x0, x1] = extent(shown.map(d => fx(value(d, xn)))), [y0, y1] = extent(shown.map(d => value(d, yn)));
  const px = d => L + (fx(value(d, xn)) - x0) / (x1 - x0) * (W - L - R), py = d => H - B - (value(d, yn) - y0) / (y1 - y0) * (H - T - B);
  element("rect", { x: L, y: T, width: W - L - R, height: H - T - B, class: "plot" }, svg);
  for (const t of ticks(x0, x1, 9)) {
    const x = L + (t - x0) / (x1 - x0) * (W - L - R);
    element("line", { x1: x, x2: x, y1: T, y2: H - B, class: "grid" }, svg);
    text(svg, x, H - B + 16, short(logarithmic ? 10 ** t : t), { "text-anchor": "middle" });
  }
  for (const t of ticks(y0, y1, 7)) {
    const y = H - B - (t - y0) / (y1 - y0) * (H - T - B);
    element("line", { x1: L, x2: W - R, y1: y, y2: y, class: "grid" }, svg);
    text(svg, L - 6, y + 4, short(t), { "text-anchor": "end" });
  }
  text(svg, (L + W - R) / 2, H - 10, xn, { "text-anchor": "middle", class: "name" });
  text(svg, 14, (T + H - B) / 2, yn, { "text-anchor": "middle", class: "name", transform: `rotate(-90 14 ${(T + H - B) / 2})` });
  const front = shown.filter(d => d.front).sort((a, b) => px(a) - px(b));
  if (front.length > 1) element("path", { class: "front-line", d: "M" + front.map(d => `${px(d)} ${py(d)}`).join("L") }, svg);
  const colours = shown.map(d => value(d, cn)), c0 = Math.min(...colours), c1 = Math.max(...colours);
  const brush = element("rect", { class: "brush", visibility: "hidden" }, svg);
  for (const d of [...shown].sort((a, b) => a.front - b.front)) {
    const c = element("circle", { cx: px(d), cy: py(d), r: d.front ? 5.5 : 3.8 }, svg);
    const classes = ["dot"];
    if (d.violated.length) classes.push("hollow");
    else c.style.fill = `hsl(${220 - 200 * (c1 > c0 ? (value(d, cn) - c0) / (c1 - c0) : 0)} 70% 52%)`;
    if (isDim(d)) classes.push("dim");
    if (selected.has(d.id)) classes.push("chosen");
    c.setAttribute("class", classes.join(" "));
    c.dataset.id = d.id;
    c.addEventListener("pointermove", e => showTip(e, d));
    c.addEventListener("pointerleave", hideTip);
    c.addEventListener("click", () => { selected.has(d.id) ? selected.delete(d.id) : selected.add(d.id); draw(); });
  }
  let from = null;
  const place = e => { const r = svg.getBoundingClientRect(); return [(e.clientX - r.left) * W / r.width, (e.clientY - r.top) * H / r.height]; };
  const corners = to => [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
  svg.onpointerdown = e => { if (!e.target.classList.contains("dot")) { from = place(e); svg.setPointerCapture(e.pointerId); } };
  svg.onpointermove = e => {
    if (!from) return;
    const [a, b, c, d] = corners(place(e));
    for (const [k, v] of Object.entries({ x: a, y: b, width: c - a, height: d - b, visibility: "visible" })) brush.setAttribute(k, v);
  };
  svg.onpointerup = e => {
    if (!from) return;
    const [a, b, c, d] = corners(place(e));
    from = null;
    selected.clear();
    if (c - a > 3 && d - b > 3) for (const s of shown) if (px(s) >= a && px(s) <= c && py(s) >= b && py(s) <= d) selected.add(s.id);
    draw();
  };
}

function drawParallel() {
  const names = [...axisNames, ...objectives.filter(n => !axisNames.includes(n))];
  const W = Math.max(1080, names.length * 130), H = 330, T = 34, B = 24, gap = (W - 120) / Math.max(1, names.length - 1);
  const svg = element("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": "parallel coordinates" });
  const limits = names.map(n => extent(designs.map(d => value(d, n)).filter(Number.isFinite)));
  const y = (i, v) => H - B - (v - limits[i][0]) / (limits[i][1] - limits[i][0]) * (H - T - B), x = i => 60 + i * gap;
  for (const d of [...designs].sort((a, b) => a.front - b.front)) {
    const points = names.map((n, i) => [x(i), y(i, value(d, n))]).filter(p => Number.isFinite(p[1]));
    element("path", { class: `thread${d.front ? " on-front" : ""}${isDim(d) ? " dim" : ""}`, d: "M" + points.map(p => p.join(" ")).join("L") }, svg);
  }
  names.forEach((n, i) => {
    element("line", { x1: x(i), x2: x(i), y1: T, y2: H - B, class: "axis-line" }, svg);
    text(svg, x(i), 14, n, { "text-anchor": "middle", class: "name" });
    const a = axisNames.indexOf(n);
    if (a >= 0) data.axes[a].labels.forEach((l, p) => text(svg, x(i) + 5, y(i, Number.isNaN(Number(l)) ? p : Number(l)) + 4, l));
    else for (const t of ticks(...limits[i], 5)) text(svg, x(i) + 5, y(i, t) + 4, short(t));
    if (ranges.has(n)) {
      const [low, high] = ranges.get(n);
      element("rect", { class: "range", x: x(i) - 7, width: 14, y: y(i, high), height: Math.max(2, y(i, low) - y(i, high)) }, svg);
    }
    const hit = element("rect", { class: "axis-hit", x: x(i) - 14, width: 28, y: T, height: H - T - B }, svg);
    let from = null;
    const at = e => { const r = svg.getBoundingClientRect(); const v = (e.clientY - r.top) * H / r.height; return limits[i][0] + (H - B - v) / (H - T - B) * (limits[i][1] - limits[i][0]); };
    hit.onpointerdown = e => { from = at(e); hit.setPointerCapture(e.pointerId); };
    hit.onpointerup = e => {
      const to = at(e), far = Math.abs(to - from) > (limits[i][1] - limits[i][0]) * 0.01;
      far ? ranges.set(n, [Math.min(from, to), Math.max(from, to)]) : ranges.delete(n);
      from = null;
      draw();
    };
  });
  byId("parallel").replaceChildren(svg);
}

function byPosition(i, name) {
  return data.axes[i].labels.map((_, p) => designs.filter(d => d.at[i] === p).map(d => value(d, name)).filter(Number.isFinite));
}
const mean = v => v.reduce((a, b) => a + b, 0) / v.length;
function quantile(sorted, q) { const p = (sorted.length - 1) * q, l = Math.floor(p); return sorted[l] + (sorted[Math.min(l + 1, sorted.length - 1)] - sorted[l]) * (p - l); }

function drawEffects() {
  const name = byId("effect").value, host = byId("effects");
  host.replaceChildren();
  const all = designs.map(d => value(d, name)).filter(Number.isFinite);
  if (!all.length) return;
  const [y0, y1] = extent(all);
  data.axes.forEach((axis, i) => {
    const W = 320, H = 200, L = 52, R = 10, T = 10, B = 40, groups = byPosition(i, name);
    const svg = element("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${name} over ${axis.name}` });
    const x = p => L + (p + 0.5) / groups.length * (W - L - R), y = v => H - B - (v - y0) / (y1 - y0) * (H - T - B);
    element("rect", { x: L, y: T, width: W - L - R, height: H - T - B, class: "plot" }, svg);
    for (const t of ticks(y0, y1, 5)) { element("line", { x1: L, x2: W - R, y1: y(t), y2: y(t), class: "grid" }, svg); text(svg, L - 5, y(t) + 4, short(t), { "text-anchor": "end" }); }
    const line = [];
    groups.forEach((g, p) => {
      text(svg, x(p), H - B + 15, axis.labels[p].slice(0, 12), { "text-anchor": "middle" });
      if (!g.length) return;
      const s = [...g].sort((a, b) => a - b);
      element("line", { x1: x(p), x2: x(p), y1: y(quantile(s, 0.1)), y2: y(quantile(s, 0.9)), class: "effect-bar" }, svg);
      line.push([x(p), y(mean(g))]);
    });
    element("path", { class: "effect-line", d: "M" + line.map(q => q.join(" ")).join("L") }, svg);
    for (const [a, b] of line) element("circle", { cx: a, cy: b, r: 3.2, class: "effect-dot" }, svg);
    text(svg, (L + W - R) / 2, H - 8, axis.name, { "text-anchor": "middle", class: "name" });
    host.appendChild(svg);
  });
}

function drawSensitivity() {
  const names = metrics.filter(n => { const v = designs.map(d => value(d, n)).filter(Number.isFinite); return v.length && Math.max(...v) > Math.min(...v); });
  const table = document.createElement("table");
  const row = (cells, tag) => { const tr = document.createElement("tr"); for (const c of cells) { const td = document.createElement(tag); if (c instanceof Array) { td.textContent = c[0].toFixed(2); td.className = "heat"; td.style.background = `color-mix(in srgb, var(--accent) ${Math.round(c[0] * 70)}%, transparent)`; } else td.textContent = c; tr.appendChild(td); } table.appendChild(tr); };
  row(["figure", ...axisNames], "th");
  for (const n of names) {
    const all = designs.map(d => value(d, n)).filter(Number.isFinite), m = mean(all), total = mean(all.map(v => (v - m) ** 2));
    row([n, ...axisNames.map((_, i) => [byPosition(i, n).filter(g => g.length).reduce((s, g) => s + g.length * (mean(g) - m) ** 2, 0) / all.length / total])], "td");
  }
  byId("sensitivity").replaceChildren(table);
}

function passes(d) {
  if (byId("only").checked && !selected.has(d.id)) return false;
  if (!inRanges(d)) return false;
  for (const part of byId("filter").value.split(",")) {
    const m = part.trim().match(/^(\S+?)\s*(<=|>=|!=|=|<|>)\s*(.+)$/);
    if (!m) continue;
    const i = axisNames.indexOf(m[1]), asText = i >= 0 && Number.isNaN(Number(m[3]));
    const a = asText ? label(d, i) : value(d, m[1]), b = asText ? m[3].trim() : Number(m[3]);
    if (!({ "<=": a <= b, ">=": a >= b, "!=": a !== b, "=": a === b, "<": a < b, ">": a > b })[m[2]]) return false;
  }
  return true;
}
const LIMIT = 500;
function drawTable() {
  const printed = ["design", ...axisNames, ...objectives.filter(n => !axisNames.includes(n))];
  const names = [...printed, ...metrics.filter(n => !printed.includes(n))];
  const table = byId("table"), head = document.createElement("tr");
  table.replaceChildren(head);
  for (const n of names) {
    const th = document.createElement("th");
    th.textContent = n + (n === sortBy ? (sortDown ? " ↓" : " ↑") : "");
    if (!printed.includes(n)) th.className = "more";
    th.onclick = () => { sortDown = n === sortBy ? !sortDown : true; sortBy = n; drawTable(); };
    head.appendChild(th);
  }
  const shown = designs.filter(passes).sort((a, b) => ((value(a, sortBy) ?? -Infinity) - (value(b, sortBy) ?? -Infinity)) * (sortDown ? -1 : 1));
  byId("count").textContent = `${shown.length} of ${designs.length} designs${shown.length > LIMIT ? `, the first ${LIMIT} shown` : ""}`;
  for (const d of shown.slice(0, LIMIT)) {
    const tr = document.createElement("tr");
    if (selected.has(d.id)) tr.className = "chosen";
    for (const n of names) {
      const td = document.createElement("td"), i = axisNames.indexOf(n);
      if (n === "design") {
        const link = document.createElement(d.page ? "a" : "span");
        if (d.page) link.href = d.page;
        else link.title = `bitspike sweep open ${data.file} ${d.id}`;
        link.textContent = `${d.id}${d.front ? " ★" : ""}${d.verdict === "agreement" ? " ✓" : d.verdict ? " ✗" : ""}`;
        td.appendChild(link);
      } else td.textContent = i >= 0 ? label(d, i) : short(value(d, n));
      if (!printed.includes(n)) td.className = "more";
      if (n in d.figures && d.figures[n][1]) td.title = "± " + short(d.figures[n][1]);
      tr.appendChild(td);
    }
    table.appendChild(tr);
  }
}

// The picture with its computed colours, drawn on a canvas.
function savePng() {
  const svg = byId("scatter").firstChild, copy = svg.cloneNode(true);
  const both = [[svg, copy], ...[...svg.querySelectorAll("*")].map((e, i) => [e, copy.querySelectorAll("*")[i]])];
  for (const [from, to] of both) { const s = getComputedStyle(from); for (const p of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font", "opacity", "fill-opacity", "stroke-opacity"]) to.style.setProperty(p, s.getPropertyValue(p)); }
  copy.setAttribute("width", 2160);
  copy.setAttribute("height", 880);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2160, 880];
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(document.querySelector("section")).backgroundColor;
    context.fillRect(0, 0, 2160, 880);
    context.drawImage(image, 0, 0);
    const link = document.createElement("a");
    link.download = "front.png";
    link.href = canvas.toDataURL("image/png");
    link.click();
  };
  image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
}

function draw() { drawScatter(); drawParallel(); drawTable(); }
const everything = [...metrics, ...axisNames];
options(byId("y"), everything, objectives[0]);
options(byId("x"), everything, objectives[1] || axisNames[0]);
options(byId("colour"), everything, objectives[2] || axisNames[0]);
options(byId("effect"), metrics, objectives[0]);
for (const id of ["x", "y", "colour", "log"]) byId(id).onchange = drawScatter;
byId("effect").onchange = drawEffects;
for (const id of ["filter", "only"]) byId(id).oninput = drawTable;
byId("clear").onclick = () => { selected.clear(); ranges.clear(); draw(); };
byId("png").onclick = savePng;
draw();
drawEffects();
drawSensitivity();
document.body.dataset.ready = String(document.querySelectorAll("#scatter .dot").length);
