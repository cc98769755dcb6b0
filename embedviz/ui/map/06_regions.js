// Names of regions (marks of the kind "group") and the name of a point that another map points out.

const MOST_GROUPS = 60;
const LONGEST_GROUP = 40; // characters

// [{shape, box}]: the names in the order given, each over its place or as near as `spaces` leave room;
// one that finds none is left out. They lie above pictures: a picture says less than its region's name.
function groupLabels({ marks, width, height, theme }, place, spaces) {
  const taken = [...spaces];
  const placed = [];
  for (const { at, label, kind } of marks) {
    const pixel = kind === "group" && label && place(at);
    if (!pixel || placed.length >= MOST_GROUPS || !isNear(pixel, width, height)) continue;
    const text = shortened(label, LONGEST_GROUP);
    const isFree = (box) => isWithin(box, width, height) && !taken.some((other) => overlap(box, other));
    const box = regionPlaces(pixel, textWidth(text, "group", theme)).find(isFree);
    if (!box) continue;
    taken.push(box);
    const shape = labelShape(text, "group", box, theme);
    shape.setAttribute("class", "ev-group");
    placed.push({ shape, box });
  }
  return placed;
}

function regionPlaces({ x, y }, width) {
  const height = LABEL_SIZE.group + 4;
  const at = (across, along) => boxAround({ x: x + across * width, y: y + along * height }, width / 2, height / 2);
  return [
    at(0, 0), at(0, -1), at(0, 1), at(0.3, 0), at(-0.3, 0), at(0.3, -1), at(-0.3, -1), at(0.3, 1), at(-0.3, 1),
    at(0, -2), at(0, 2), at(0.55, 0), at(-0.55, 0),
  ];
}

// `pointed`: {at, box, label} or null; a ring, and the name where it fits.
function pointedShapes(pointed, place, { width, height, theme }) {
  const pixel = pointed && place(pointed.at);
  if (!pixel || !isNear(pixel, width, height)) return [];
  const text = shortened(pointed.label);
  const mark = { pixel, kind: "query", box: pointed.box };
  const places = labelPlaces(mark, textWidth(text, "query", theme));
  const box = places.find((place) => isWithin(place, width, height)) ?? places[0];
  const label = labelShape(text, "query", box, theme);
  label.setAttribute("class", "ev-pointed");
  return [...hoverShapes(pixel, pointed.box, theme), label];
}
