// Labels of marks: where there is room for them.

const MOST_LABELS = 30;
const LABEL_SIZE = { query: 15, neighbor: 13, selected: 13, new: 13, group: 17 };
const BOLD = new Set(["query", "group"]);

// {points, regions}: the label of what was asked for first, then the names of regions, then the labels
// of other marks, each where those before it leave room.
function labelsOf(marks, frame, place) {
  const isAsked = ({ kind }) => kind === "query";
  const boxesOf = (labels) => labels.map(({ box }) => box);
  const shapesOf = (labels) => labels.map(({ shape }) => shape);
  const spaces = [...marks, ...frame.pictures].map(spaceOf);
  const asked = placedLabels(marks.filter(isAsked), spaces, frame);
  const regions = groupLabels(frame, place, [...marks.filter(isAsked).map(spaceOf), ...boxesOf(asked)]);
  spaces.push(...boxesOf(asked), ...boxesOf(regions));
  const others = placedLabels(marks.filter((mark) => !isAsked(mark)), spaces, frame);
  return { points: shapesOf([...asked, ...others]), regions: shapesOf(regions) };
}

// [{shape, box}] in the order of the marks, each at the first of eight places around its mark that is
// free of `spaces`. One that finds none is left out, except the query's: its mark still shows, and
// hovering tells its name.
function placedLabels(marks, spaces, { width, height, theme }) {
  const taken = [...spaces];
  const placed = [];
  for (const mark of marks) {
    if (!mark.label || mark.isOnPicture || placed.length >= MOST_LABELS) continue;
    const text = shortened(mark.label);
    const places = labelPlaces(mark, textWidth(text, mark.kind, theme));
    const isFree = (box) => isWithin(box, width, height) && !taken.some((other) => overlap(box, other));
    const box = places.find(isFree) ?? (mark.kind === "query" ? places[0] : null);
    if (!box) continue;
    taken.push(box);
    placed.push({ box, shape: labelShape(text, mark.kind, box, theme) });
  }
  return placed;
}

function spaceOf(mark) {
  return boxAround(mark.pixel, ...reachOf(mark));
}

// Half the width and half the height of a mark.
function reachOf({ kind, box }) {
  if (!box) return [MARK_RADIUS[kind], MARK_RADIUS[kind]];
  return [box.width / 2 + FRAME, box.height / 2 + FRAME];
}

function labelPlaces(mark, width) {
  const { x, y } = mark.pixel;
  const [across, along] = reachOf(mark);
  const gap = across + 4;
  const height = LABEL_SIZE[mark.kind] + 3;
  const at = (left, top) => ({ left, top, right: left + width, bottom: top + height });
  const [middle, above, below] = [y - height / 2, y - along - height - 2, y + along + 2];
  const [right, left, center] = [x + gap, x - gap - width, x - width / 2];
  if (mark.box) return [at(center, below), at(center, above), at(right, middle), at(left, middle)];
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
    "stroke-width": kind === "group" ? 6 : 4,
    "stroke-linejoin": "round",
    "paint-order": "stroke",
    "font-family": theme.font,
    "font-size": LABEL_SIZE[kind],
    "font-weight": BOLD.has(kind) ? 700 : 500,
  }, text);
}

const measuring = document.createElement("canvas").getContext("2d");

function textWidth(text, kind, theme) {
  measuring.font = `${BOLD.has(kind) ? 700 : 500} ${LABEL_SIZE[kind]}px ${theme.font}`;
  return measuring.measureText(text).width;
}

function shortened(label, most = 32) {
  const characters = [...label.replaceAll(/\s+/g, " ")];
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

function boxAround({ x, y }, across, along) {
  return { left: x - across, right: x + across, top: y - along, bottom: y + along };
}

function isWithin(box, width, height) {
  return box.left >= 2 && box.top >= 2 && box.right <= width - 2 && box.bottom <= height - 2;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
