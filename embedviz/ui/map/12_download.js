// What is on the stage as a file: PNG, twice as large as on the screen, or SVG.

const MOST_CIRCLES = 20_000; // in an SVG: more make a file that few programs open

// stage: {Plotly, plot, view, points, data, theme, svg, canvases}; `canvases`: {under, over}, each a
// list of what has paint(context, ratio) and lies below or above the points.
async function pngOf(stage) {
  const { plot, theme, svg, canvases } = stage;
  const { clientWidth: width, clientHeight: height } = plot;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const context = canvas.getContext("2d");
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const draw = async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
  };
  for (const layer of canvases.under) layer.paint(context, 2);
  await draw(await pointsAsPng(stage));
  for (const layer of canvases.over) layer.paint(context, 2);
  const overlay = svgOf(width, height, svg.cloneNode(true).childNodes);
  await draw(`data:image/svg+xml;charset=utf-8,${encodeURIComponent(serialized(overlay))}`);
  return canvas.toDataURL("image/png");
}

// {text, isDrawn}: not every point is a circle where too many are in view.
async function vectorOf(stage) {
  const { plot, theme, svg, canvases, data } = stage;
  const { clientWidth: width, clientHeight: height } = plot;
  const all = { x: 0, y: 0, width, height };
  const circles = pointCircles(stage);
  const picture = svgOf(width, height, [
    shape("title", {}, data.description || "A map of points"),
    shape("rect", { ...all, fill: theme.background }),
    ...canvases.under.flatMap((layer) => painted(layer, all)),
    ...(data.dimensions === 3 ? spaceEdges(stage) : await flatAxes(stage)),
    circles ?? shape("image", { ...all, href: await pointsAsPng(stage) }),
    ...canvases.over.flatMap((layer) => painted(layer, all)),
    ...svg.cloneNode(true).childNodes,
  ]);
  return { text: serialized(picture), isDrawn: circles !== null };
}

function pointsAsPng({ Plotly, plot }) {
  const { clientWidth: width, clientHeight: height } = plot;
  return Plotly.toImage(plot, { format: "png", width, height, scale: 2 });
}

function svgOf(width, height, children) {
  const picture = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
  picture.append(...children);
  return picture;
}

// XML knows no control characters, and people's labels may hold them.
function serialized(picture) {
  const text = new XMLSerializer().serializeToString(picture);
  // eslint-disable-next-line no-control-regex
  const known = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  return known.toWellFormed?.() ?? known;
}

// A circle for each point in view, the far ones first; null for too many.
function pointCircles({ plot, view, points }) {
  const { marker } = plot.data[0];
  const { left, top, right, bottom } = view.bounds();
  const [project, out, seen] = [view.projector(), [0, 0, 0], []];
  for (let row = 0; row < points.n; row++) {
    if (!project(out, points.x[row], points.y[row], points.z ? points.z[row] : 0)) continue;
    const [x, y, depth] = out;
    const reach = (typeof marker.size === "number" ? marker.size : marker.size[row]) / 2;
    if (x < left - reach || x > right + reach || y < top - reach || y > bottom + reach) continue;
    if (seen.push({ row, x, y, depth, reach }) > MOST_CIRCLES) return null;
  }
  if (points.z) seen.sort((a, b) => b.depth - a.depth);
  const inside = shape("svg", { x: left, y: top, width: right - left, height: bottom - top, overflow: "hidden" });
  const looks = marker.colorscale.map(([, color]) => fillOf(color, marker.opacity));
  const rounded = (value) => Math.round(value * 100) / 100;
  for (const { row, x, y, reach } of seen) {
    const place = { cx: rounded(x - left), cy: rounded(y - top), r: rounded(reach) };
    inside.append(shape("circle", { ...place, ...looks[marker.color[row]] }));
  }
  return inside;
}

// Drawing programs do not know rgba().
function fillOf(color, opacity) {
  const [r, g, b, alpha] = color.match(/^rgba\((.*)\)$/)?.[1].split(",").map(Number) ?? [];
  if (alpha === undefined) return { fill: color, "fill-opacity": opacity };
  return { fill: `rgb(${r},${g},${b})`, "fill-opacity": Math.round(1000 * alpha * opacity) / 1000 };
}

// Grid and titles as Plotly draws them without any point.
async function flatAxes({ Plotly, plot, data }) {
  if (!data.axis_titles.length) return [];
  const { clientWidth: width, clientHeight: height } = plot;
  const empty = { data: [{ type: "scatter", x: [null], y: [null] }], layout: plot.layout };
  const address = await Plotly.toImage(empty, { format: "svg", width, height });
  const text = decodeURIComponent(address.slice(address.indexOf(",") + 1));
  return [document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true)];
}

// The box around the points, and the titles of its axes.
function spaceEdges({ view, points, data, theme }) {
  const place = placer(view.projector());
  const corner = (i) => points.extents.map((extent, axis) => extent[(i >> axis) & 1]);
  const edges = [];
  for (let i = 0; i < 8; i++) {
    for (let axis = 0; axis < 3; axis++) {
      if ((i >> axis) & 1) continue;
      const [a, b] = [place(corner(i)), place(corner(i | (1 << axis)))];
      if (!a || !b) continue;
      edges.push(shape("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, stroke: theme.quiet }));
      const title = i === 0 && data.axis_titles[axis];
      if (!title) continue;
      const at = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, "text-anchor": "middle" };
      edges.push(shape("text", { ...at, fill: theme.text, "font-family": theme.font, "font-size": 13 }, title));
    }
  }
  return edges;
}

// What a layer paints as an image, or nothing if it paints nothing.
function painted(layer, { width, height, ...at }) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [2 * width, 2 * height];
  const context = canvas.getContext("2d");
  layer.paint(context, 2);
  if (!context.getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean)) return [];
  return [shape("image", { ...at, width, height, href: canvas.toDataURL("image/png") })];
}

function offerFile(address, name) {
  const link = document.createElement("a");
  [link.href, link.download] = [address, name];
  link.click();
}

function offerText(text, type, name) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  offerFile(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the download reads it later
}
