// Pictures as points: a canvas between Plotly's points and our overlay, redrawn when the view moves.
// A point whose picture has no room, or is not here yet, stays the dot that Plotly drew.

const APPEARING_MS = 160;
const FADED_PICTURE = 0.2; // opacity
const EDGE = 2.5;
const PIXELATED = 20; // pictures of fewer pixels than this are shown with their pixels sharp

class PictureLayer {
  #boxes = []; // where there is a place, the most important first
  #drawn = []; // those of them whose picture is here
  #frames = new Map(); // row → where exactly its picture is drawn
  #since = new Map(); // row → when its picture appeared
  #marked = { rows: [] };
  #signature = ""; // of the view that was drawn last
  #isStale = true; // places must be found anew, even if the view did not move
  #resting = 0;
  album = null;
  isOn = true;

  // handlers: {isBusy(), send(request), redraw(), hovered() → row}
  constructor(canvas, handlers) {
    this.canvas = canvas;
    this.handlers = handlers;
    this.requests = new PictureRequests({ ...handlers, wanted: () => this.#wanted() });
  }

  // What there is to draw; called with every rerun. `colorOf(row)` may be null; `isFaded` is a
  // function of the row, or null.
  update({ pictures, marks }, points, theme, { colorOf, isFaded, version: look }) {
    const version = pictures?.version ?? null;
    if (version !== this.version) this.requests.end();
    this.version = version;
    this.album = version === null ? null : albumOf(version);
    Object.assign(this, { theme, colorOf });
    if (this.points !== points) {
      this.points = points;
      this.placing = new Placing(points);
      this.#boxes = [];
      this.#since.clear();
    }
    this.#marked = rowsOfMarks(marks, points, this.#marked);
    this.placing.fade(isFaded, look);
    this.#isStale = true;
    if (pictures) this.requests.answered(pictures.answered);
  }

  toggle() {
    this.isOn = !this.isOn;
    this.refresh();
  }

  // New pictures are here, or this one is to be drawn otherwise.
  refresh() {
    this.#isStale = true;
    this.handlers.redraw();
  }

  end() {
    this.requests.end();
    clearTimeout(this.#resting);
  }

  // Called in every frame in which something on the stage changed.
  draw(view) {
    if (!this.album) return this.#clear();
    const signature = view.signature();
    if (this.#isStale || signature !== this.#signature) this.#follow(view);
    this.#signature = signature;
    this.#drawn = this.isOn ? this.#boxes.filter(({ row }) => this.album.get(row)) : [];
    if (this.points.z) this.#drawn.sort((a, b) => b.depth - a.depth);
    this.#frames = new Map(this.#drawn.map((box) => [box.row, fitted(box, this.album.get(box.row))]));
    this.#noteAppearing();
    this.#redraw();
  }

  #follow(view) {
    const project = view.projector();
    this.bounds = view.bounds();
    clearTimeout(this.#resting);
    if (this.#isStale || !this.points.z) {
      const hasNone = (row) => this.album.without.has(row);
      this.#boxes = this.placing.place(project, this.bounds, this.#marked.rows, hasNone);
    } else {
      // A cloud that turns keeps its pictures until it rests: they would flicker.
      this.#boxes = this.#boxes.map((box) => movedBox(box, project, this.points)).filter(Boolean);
      this.#resting = setTimeout(() => this.refresh(), REST_MS);
    }
    this.#isStale = false;
    this.requests.soon();
  }

  // Only what is seen: places without a picture, and the point under the mouse before all.
  #wanted() {
    if (!this.album) return [];
    const hovered = this.handlers.hovered();
    const rows = this.isOn ? this.#boxes.map(({ row }) => row) : [];
    if (hovered >= 0) rows.unshift(hovered);
    return [...new Set(rows)].filter((row) => this.album.isMissing(row));
  }

  #noteAppearing() {
    const now = performance.now();
    const before = this.#since;
    this.#since = new Map(this.#drawn.map(({ row }) => [row, before.get(row) ?? now]));
    this.isAppearing = this.#drawn.some(({ row }) => this.#shareOf(row) < 1);
  }

  // How far a picture has appeared, 0…1.
  #shareOf(row) {
    return CALM.matches ? 1 : Math.min(1, (performance.now() - this.#since.get(row)) / APPEARING_MS);
  }

  #clear() {
    this.isAppearing = false;
    if (!this.#drawn.length) return; // a map of words needs no canvas of its size
    [this.#boxes, this.#drawn] = [[], []];
    this.#frames.clear();
    this.#redraw();
  }

  #redraw() {
    const { canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((side) => Math.round(side * ratio));
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    this.paint(context, ratio);
  }

  // Also for the downloaded picture.
  paint(context, ratio) {
    if (!this.#drawn.length) return;
    const { left, top, right, bottom } = this.bounds;
    context.save();
    context.scale(ratio, ratio);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    for (const row of this.#upwards()) this.#paintOne(context, row);
    context.restore();
  }

  #paintOne(context, row) {
    const image = this.album.get(row);
    if (!image) return;
    const { left, top, width, height } = this.#frames.get(row);
    const color = this.colorOf(row);
    const [edge, radius] = color ? [EDGE, 3] : [1, 1]; // a thin edge covers no corners
    const outline = (extra, stroke, lineWidth) => {
      context.beginPath();
      context.roundRect(left - extra, top - extra, width + 2 * extra, height + 2 * extra, radius + extra);
      Object.assign(context, { strokeStyle: stroke, lineWidth });
      context.stroke();
    };
    context.globalAlpha = (this.placing.isFaded?.(row) ? FADED_PICTURE : 1) * (0.25 + 0.75 * this.#shareOf(row));
    outline(edge, this.theme.background, 3); // sets it off from what lies below
    context.imageSmoothingEnabled = Math.max(image.naturalWidth, image.naturalHeight) > PIXELATED;
    context.imageSmoothingQuality = "medium";
    context.drawImage(image, left, top, width, height);
    outline(edge / 2 - 0.5, color ?? this.theme.quiet, edge);
  }

  // Rows of the drawn pictures, the lowest first: far ones in space, unimportant ones in the plane.
  #upwards() {
    const rows = this.#drawn.map(({ row }) => row);
    return this.points?.z ? rows : rows.reverse();
  }

  // The row of the topmost picture at pixel (x, y), or -1.
  rowAt(x, y) {
    return this.#upwards().findLast((row) => isInBox(this.#frames.get(row), x, y)) ?? -1;
  }

  // Where the picture of `row` is drawn, with its edge, or null.
  boxOf(row) {
    return this.#frames.get(row) ?? null;
  }

  // Of the mark number `index`.
  boxOfMark(index) {
    const row = this.#marked.rowOf?.[index] ?? -1;
    return row < 0 ? null : this.boxOf(row);
  }

  boxes() {
    return [...this.#frames.values()];
  }

  imageOf(row) {
    return this.album?.get(row) ?? null;
  }

  // The point under the mouse changed: its picture may be missing.
  hover(row) {
    if (row >= 0 && this.album?.isMissing(row)) this.requests.soon();
  }

  drawn() {
    return this.#drawn.map(({ row, x, y, size }) => ({ row, x, y, size }));
  }
}

const CALM = window.matchMedia("(prefers-reduced-motion: reduce)");

// A picture keeps its proportions inside its square.
function fitted({ x, y, size }, { naturalWidth, naturalHeight }) {
  const share = size / Math.max(naturalWidth, naturalHeight);
  const [width, height] = [naturalWidth * share, naturalHeight * share];
  return { x, y, width, height, left: x - width / 2, top: y - height / 2 };
}

function isInBox(box, x, y) {
  return Math.abs(x - box.x) <= box.width / 2 + EDGE && Math.abs(y - box.y) <= box.height / 2 + EDGE;
}

function movedBox(box, project, { x, y, z }) {
  const out = [0, 0, 0];
  if (!project(out, x[box.row], y[box.row], z[box.row])) return null;
  return { ...box, x: out[0], y: out[1], depth: out[2] };
}
