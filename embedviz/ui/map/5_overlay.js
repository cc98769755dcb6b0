// Marks, lines and labels: one SVG above the points, redrawn whenever the view moves. Being ours,
// they look the same in 2-D and 3-D, stay legible (halo) and cost the points nothing.
//
// All looks are attributes, not CSS, so that the SVG can be copied into the downloaded picture.

const SVG = "http://www.w3.org/2000/svg";
const MOST_LABELS = 30;
const MARK_RADIUS = { query: 7.5, neighbor: 5, selected: 5, new: 5.5 };
const LABEL_SIZE = { query: 15, neighbor: 13, selected: 13, new: 13 };

function drawOverlay(svg, frame) {
  const { width, height } = frame;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const place = placer(frame.project);
  const marks = frame.marks
    .map((mark) => ({ ...mark, pixel: place(mark.at) }))
    .filter((mark) => mark.pixel && isNear(mark.pixel, width, height));
  svg.replaceChildren(
    ...frame.lines.flatMap((line) => lineShapes(line, place, frame.theme)),
    ...marks.map((mark) => markShape(mark, frame.theme)).reverse(), // the first mark on top
    ...labelShapes(marks, frame),
    ...hoverShapes(frame.hovered && place(frame.hovered), frame.theme),
    ...outlineShapes(frame.outline, frame.theme),
  );
}

function placer(project) {
  const out = [0, 0, 0];
  return ([x, y, z]) => (project(out, x, y, z ?? 0) ? { x: out[0], y: out[1] } : null);
}

function isNear({ x, y }, width, height) {
  return x > -20 && y > -20 && x < width + 20 && y < height + 20;
}

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text; // never markup: labels are people's data
  return element;
}

function lineShapes({ start, end, kind }, place, theme) {
  const from = place(start);
  const to = place(end);
  if (!from || !to) return [];
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  if (kind === "arrow") return arrowShapes(from, to, ends, theme);
  const dash = kind === "side" ? { "stroke-dasharray": "6 5", "stroke-width": 1.6 } : {};
  const look = { stroke: theme.text, "stroke-opacity": 0.45, "stroke-width": 1, ...dash };
  return [shape("line", { ...ends, ...look })];
}

function arrowShapes(from, to, ends, theme) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length < 1) return [];
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const tip = { x: to.x - 6 * ux, y: to.y - 6 * uy }; // the head ends where the mark begins
  const corner = (side) => `${tip.x - 11 * ux + side * 5 * uy},${tip.y - 11 * uy - side * 5 * ux}`;
  return [
    shape("line", { ...ends, stroke: theme.background, "stroke-width": 5, "stroke-opacity": 0.8 }),
    shape("line", { ...ends, x2: tip.x - 8 * ux, y2: tip.y - 8 * uy, stroke: theme.accent, "stroke-width": 2.4 }),
    shape("polygon", { points: `${tip.x},${tip.y} ${corner(1)} ${corner(-1)}`, fill: theme.accent }),
  ];
}

function markShape({ pixel, kind }, theme) {
  const circle = { cx: pixel.x, cy: pixel.y, r: MARK_RADIUS[kind] };
  const looks = {
    query: { fill: theme.accent, stroke: theme.background, "stroke-width": 2.5 },
    neighbor: { fill: theme.background, stroke: theme.text, "stroke-width": 2 },
    selected: { fill: theme.accent, stroke: theme.background, "stroke-width": 1.5 },
    new: { fill: "none", stroke: theme.text, "stroke-width": 2, "stroke-dasharray": "3 2.2" },
  };
  return shape("circle", { ...circle, ...looks[kind] });
}

function hoverShapes(pixel, theme) {
  if (!pixel) return [];
  const ring = { cx: pixel.x, cy: pixel.y, r: 7, fill: "none" };
  return [
    shape("circle", { ...ring, stroke: theme.background, "stroke-width": 4 }),
    shape("circle", { ...ring, stroke: theme.accent, "stroke-width": 2 }),
  ];
}

function outlineShapes(outline, theme) {
  if (!outline || outline.length < 4) return [];
  const points = outline.map((value) => Math.round(value * 10) / 10).join(" ");
  const look = { fill: theme.accent, "fill-opacity": 0.1, stroke: theme.accent, "stroke-width": 1.5 };
  return [shape("polygon", { points, ...look })];
}

// Labels in the order of the marks (the query first), each at the first of eight places around its
// mark that is free. One that finds none is left out, except the query's: its mark still shows, and
// hovering tells its name.
function labelShapes(marks, { width, height, theme }) {
  const taken = marks.map(({ pixel, kind }) => boxAround(pixel, MARK_RADIUS[kind]));
  const labels = [];
  const ordered = [...marks].sort((a, b) => (b.kind === "query") - (a.kind === "query"));
  for (const mark of ordered) {
    if (!mark.label || labels.length >= MOST_LABELS) continue;
    const text = shortened(mark.label);
    const places = labelPlaces(mark, textWidth(text, mark.kind, theme));
    const isFree = (box) => isWithin(box, width, height) && !taken.some((other) => overlap(box, other));
    const box = places.find(isFree) ?? (mark.kind === "query" ? places[0] : null);
    if (!box) continue;
    taken.push(box);
    labels.push(labelShape(text, mark.kind, box, theme));
  }
  return labels;
}

function labelPlaces({ pixel: { x, y }, kind }, width) {
  const gap = MARK_RADIUS[kind] + 4;
  const height = LABEL_SIZE[kind] + 3;
  const at = (left, top) => ({ left, top, right: left + width, bottom: top + height });
  const [middle, above, below] = [y - height / 2, y - gap - height + 2, y + gap - 2];
  const [right, left, center] = [x + gap, x - gap - width, x - width / 2];
  return [
    at(right, middle), at(center, above), at(center, below), at(left, middle),
    at(right - 3, above), at(right - 3, below), at(left + 3, above), at(left + 3, below),
  ];
}

function labelShape(text, kind, box, theme) {
  return shape("text", {
    x: box.left,
    y: box.bottom - 4,
    fill: theme.text,
    stroke: theme.background, // drawn under the letters: a halo
    "stroke-width": 4,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
    "font-family": theme.font,
    "font-size": LABEL_SIZE[kind],
    "font-weight": kind === "query" ? 700 : 500,
  }, text);
}

const measuring = document.createElement("canvas").getContext("2d");

function textWidth(text, kind, theme) {
  measuring.font = `${kind === "query" ? 700 : 500} ${LABEL_SIZE[kind]}px ${theme.font}`;
  return measuring.measureText(text).width;
}

function shortened(label) {
  const characters = [...label.replaceAll(/\s+/g, " ")];
  return characters.length > 32 ? `${characters.slice(0, 31).join("")}…` : characters.join("");
}

function boxAround({ x, y }, radius) {
  return { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius };
}

function isWithin(box, width, height) {
  return box.left >= 2 && box.top >= 2 && box.right <= width - 2 && box.bottom <= height - 2;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
