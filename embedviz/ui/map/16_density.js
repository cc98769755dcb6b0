// Under the points: how many lie where, where there are more than can be drawn one by one. The image
// moves with the axes; when the view rests, Python is asked for a finer one and the points in it.

const RESTS_MS = 300;
const SAME_VIEW = 0.02; // of the view's width
const FAINTEST = 0.07; // opacity of a cell with one point, and of the fullest
const DENSEST = 0.62;

LAYERS.push((handlers) => new DensityLayer(handlers));

function decodeDensity(table, { density_place: place }) {
  return { ...place, cells: table.getChild("cell").toArray() };
}

class DensityLayer {
  #asking = 0;
  #asked = null; // the view that was asked for last
  #shown = ""; // what the canvas shows
  #images = new Map(); // density → its canvas, in the colors of the theme
  #base = null; // the widest density of these points: what a fast pan or zoom out shows at first
  drawn = 0;

  // handlers: {stage, send(event, value)}
  constructor({ stage, send }) {
    Object.assign(this, { stage, send });
    this.canvas = document.createElement("canvas");
    this.canvas.className = "ev-density";
    this.canvas.setAttribute("aria-hidden", "true");
    stage.prepend(this.canvas);
  }

  update(data, _points, theme) {
    const { density: version } = data.versions;
    const density = version ? keptParts.density.get(version) : null;
    if (theme.text !== this.theme?.text) this.#images.clear();
    if (data.view_of !== this.data?.view_of) [this.#base, this.#asked] = [null, null];
    if (density && areaOf(density.extent) >= areaOf(this.#base?.extent)) this.#base = density;
    for (const known of this.#images.keys()) if (![density, this.#base].includes(known)) this.#images.delete(known);
    Object.assign(this, { data, density, theme });
    if (!density) this.#base = null;
  }

  // Called for every frame in which anything changed, so also while the mouse only hovers.
  draw(view) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    const ratio = window.devicePixelRatio || 1;
    const shown = [view.signature(), width, height, ratio, this.density?.version, this.theme.text].join();
    if (shown === this.#shown) return;
    [this.#shown, this.view] = [shown, view];
    [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (!this.density) return;
    this.paint(this.canvas.getContext("2d"), ratio);
    this.drawn += 1;
    this.#askWhenItRests();
  }

  paint(context, ratio) {
    if (!this.density) return;
    const { left, top, right, bottom } = this.view.bounds();
    context.save();
    context.scale(ratio, ratio);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    if (this.#base !== this.density) {
      context.save();
      const { x, y, width, height } = this.#frameOf(this.density);
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.rect(x, y, width, height);
      context.clip("evenodd"); // around the finer one, not under it
      this.#paintOne(context, this.#base);
      context.restore();
    }
    this.#paintOne(context, this.density);
    context.restore();
  }

  end() {
    clearTimeout(this.#asking);
    this.canvas.remove();
  }

  #paintOne(context, density) {
    const { x, y, width, height } = this.#frameOf(density);
    context.drawImage(this.#imageOf(density), x, y, width, height);
  }

  #frameOf({ extent: [x0, x1, y0, y1] }) {
    const place = placer(this.view.projector());
    const [from, to] = [place([x0, y1]), place([x1, y0])];
    return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  #imageOf(density) {
    if (!this.#images.has(density)) this.#images.set(density, inked(density, this.theme.text));
    return this.#images.get(density);
  }

  #askWhenItRests() {
    clearTimeout(this.#asking);
    const { x, y } = this.view.state();
    const extent = [...x, ...y];
    const answered = this.data.view ?? (isAround(extent, this.density.whole) ? extent : null);
    if (isSame(extent, answered) || isSame(extent, this.#asked)) return;
    this.#asking = setTimeout(() => {
      this.#asked = extent;
      this.send("view", { extent, of: this.data.view_of });
    }, RESTS_MS);
  }
}

// The theme's ink, the denser the darker: it leaves all other colors to the points.
function inked({ cells, shape: [height, width] }, color) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext("2d");
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  const image = context.createImageData(width, height);
  for (let i = 0; i < cells.length; i++) {
    if (!cells[i]) continue;
    const opacity = FAINTEST + (DENSEST - FAINTEST) * (cells[i] / 255) ** 1.5;
    image.data.set([r, g, b, Math.round(255 * opacity)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function areaOf(extent) {
  return extent ? (extent[1] - extent[0]) * (extent[3] - extent[2]) : -1;
}

function isAround([x0, x1, y0, y1], [left, right, bottom, top]) {
  return x0 <= left && x1 >= right && y0 <= bottom && y1 >= top;
}

function isSame(extent, other) {
  if (!other) return false;
  const slack = SAME_VIEW * Math.min(extent[1] - extent[0], extent[3] - extent[2]);
  return extent.every((value, i) => Math.abs(value - other[i]) <= slack);
}
