// Labels of marks: where there is room for them.

const MOST_LABELS = 30;
const LABEL_SIZE = { query: 15, neighbor: 13, selected: 13, new: 13 };

// Labels in the order of the marks (the query first), each at the first of eight places around its
// mark that is free. One that finds none is left out, except the query's: its mark still shows, and
// hovering tells its name.
function labelShapes(marks, { width, height, pictures, theme }) {
  const taken = [...marks, ...pictures].map((mark) => boxAround(mark.pixel, ...reachOf(mark)));
  const labels = [];
  const ordered = [...marks].sort((a, b) => (b.kind === "query") - (a.kind === "query"));
  for (const mark of ordered) {
    if (!mark.label || mark.isOnPicture || labels.length >= MOST_LABELS) continue;
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

function boxAround({ x, y }, across, along) {
  return { left: x - across, right: x + across, top: y - along, bottom: y + along };
}

function isWithin(box, width, height) {
  return box.left >= 2 && box.top >= 2 && box.right <= width - 2 && box.bottom <= height - 2;
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
