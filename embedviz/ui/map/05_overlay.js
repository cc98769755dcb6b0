// Marks, lines and labels: one SVG above the points, redrawn whenever the view moves. Being ours,
// they look the same in 2-D and 3-D, stay legible (halo) and cost the points nothing.
//
// All looks are attributes, not CSS, so that the SVG can be copied into the downloaded picture.

const SVG = "http://www.w3.org/2000/svg";
const MARK_RADIUS = { query: 7.5, neighbor: 5, selected: 5, new: 5.5 };
const FRAME = 4; // from a picture to the middle of the frame around it

function drawOverlay(svg, frame) {
  const { width, height } = frame;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const place = placer(frame.project);
  // A mark whose point is drawn as a picture is a frame around it.
  const marks = frame.marks
    .map((mark, i) => ({ ...mark, pixel: place(mark.at), box: frame.boxOfMark(i) }))
    .filter((mark) => mark.kind !== "group" && mark.pixel && isNear(mark.pixel, width, height));
  const framed = marks.filter((mark) => mark.box);
  for (const mark of marks) mark.isOnPicture = !mark.box && framed.some(({ box }) => isInBox(box, mark.pixel.x, mark.pixel.y));
  const labels = labelsOf(marks, frame, place);
  svg.replaceChildren(
    ...frame.lines.flatMap((line) => lineShapes(line, place, frame.theme, framed)),
    ...labels.regions,
    ...marks.map((mark) => markShape(mark, frame.theme)).reverse(), // the first mark on top
    ...labels.points,
    ...hoverShapes(frame.hovered && place(frame.hovered), frame.hoveredBox, frame.theme),
    ...pointedShapes(frame.pointed, place, frame),
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

function lineShapes({ start, end, kind }, place, theme, framed) {
  const [startAt, endAt] = [place(start), place(end)];
  if (!startAt || !endAt) return [];
  const from = outsideFrame(startAt, endAt, framed);
  const to = outsideFrame(endAt, startAt, framed);
  if (!from || !to) return [];
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  if (kind === "arrow") return arrowShapes(from, to, ends, theme);
  return [shape("line", { ...ends, ...lineLook(kind, theme) })];
}

function lineLook(kind, theme) {
  if (kind === "torn") {
    return { class: "ev-torn", stroke: theme.warning, "stroke-dasharray": "4 4", "stroke-width": 1.8 };
  }
  const dash = kind === "side" ? { "stroke-dasharray": "6 5", "stroke-width": 1.6 } : {};
  return { stroke: theme.text, "stroke-opacity": 0.45, "stroke-width": 1, ...dash };
}

// Where the line from `at` to `other` leaves the frame around `at`, if there is one; null if it does
// not leave it.
function outsideFrame(at, other, framed) {
  const box = framed.find(({ pixel }) => pixel.x === at.x && pixel.y === at.y)?.box;
  if (!box) return at;
  const [dx, dy] = [other.x - at.x, other.y - at.y];
  const share = Math.min(
    (box.width / 2 + FRAME) / Math.abs(dx || 1e-9),
    (box.height / 2 + FRAME) / Math.abs(dy || 1e-9),
  );
  return share < 1 ? { x: at.x + share * dx, y: at.y + share * dy } : null;
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

function markShape({ pixel, kind, box, isOnPicture }, theme) {
  if (box) return frameShape(box, kind, theme);
  // Small where it would hide what another mark's picture shows.
  const circle = { cx: pixel.x, cy: pixel.y, r: isOnPicture ? 3 : MARK_RADIUS[kind] };
  const looks = {
    query: { fill: theme.accent, stroke: theme.background, "stroke-width": 2.5 },
    neighbor: { fill: theme.background, stroke: theme.text, "stroke-width": 2 },
    selected: { fill: theme.accent, stroke: theme.background, "stroke-width": 1.5 },
    new: { fill: "none", stroke: theme.text, "stroke-width": 2, "stroke-dasharray": "3 2.2" },
  };
  return shape("circle", { ...circle, ...looks[kind] });
}

function frameShape(box, kind, theme) {
  const looks = {
    query: { stroke: theme.accent, "stroke-width": 4 },
    neighbor: { stroke: theme.text, "stroke-width": 2 },
    selected: { stroke: theme.accent, "stroke-width": 2.5 },
    new: { stroke: theme.text, "stroke-width": 2, "stroke-dasharray": "5 3" },
  };
  const group = shape("g", { class: `ev-frame-${kind}` });
  group.append(
    shape("rect", { ...around(box, FRAME), stroke: theme.background, "stroke-width": looks[kind]["stroke-width"] + 3 }),
    shape("rect", { ...around(box, FRAME), ...looks[kind] }),
  );
  return group;
}

function around({ left, top, width, height }, by) {
  const [x, y] = [left - by, top - by];
  return { x, y, width: width + 2 * by, height: height + 2 * by, rx: 3 + by, fill: "none" };
}

function hoverShapes(pixel, box, theme) {
  if (!pixel) return [];
  if (box) return [shape("rect", { ...around(box, FRAME), stroke: theme.accent, "stroke-width": 2.5 })];
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
