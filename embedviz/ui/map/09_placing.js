// Where there is room for pictures: no two overlap, points that are pointed out come first, faded
// ones last, and the more points are in view, the more room is left to their dots.

const SIZE = 44; // pixels on the screen
const LARGEST = 72; // when there is room
const GAP = 6; // between pictures, for their edges
const MOST_IN_PLANE = 150;
const MOST_IN_SPACE = 60;
const MOST_TO_FILL = 2000;
const ROOMY = 0.85; // large pictures if so many of the points in view find a place

class Placing {
  #levels = new Map(); // by which rows: "vivid" and "all"

  constructor(points) {
    this.points = points;
    this.rows = shuffledRows(points.n);
    this.isFaded = null;
  }

  // `isFaded` is a function of the row, or null; it says the same while `version` holds.
  fade(isFaded, version) {
    if (version === this.version) return;
    [this.isFaded, this.version] = [isFaded, version];
    this.#levels.delete("vivid");
  }

  // [{row, x, y, size, depth}], the most important first. `first`: rows that come before all others;
  // `hasNone(row)`: rows that cannot have a picture.
  place(project, bounds, first, hasNone) {
    const seen = this.#inView(project, bounds);
    const room = new Room(this.points.z ? MOST_IN_SPACE : MOST_IN_PLANE);
    const orders = this.points.z ? this.#inSpace(seen) : this.#inPlane(project, seen);
    const add = (row, size, gap) => {
      const at = seen.at(row);
      if (at && !hasNone(row)) room.add({ row, ...at, size: size * at.scale }, gap);
    };
    for (const row of first) add(row, Math.max(SIZE, orders.size), GAP);
    for (const row of orders.rows()) {
      if (room.isFull) break;
      add(row, orders.size, orders.gap);
    }
    // Those that are pointed out have pushed others aside: fill the gaps where that costs nothing.
    if (first.length && this.points.n <= MOST_TO_FILL) {
      for (const row of this.rows) if (!this.isFaded?.(row)) add(row, orders.size, orders.gap);
    }
    return room.boxes;
  }

  // What is in view: its count without the faded, and where a row is.
  #inView(project, { left, right, top, bottom }) {
    const { n, x, y, z } = this.points;
    const margin = SIZE / 2; // half of it shows
    const out = [0, 0, 0];
    const isSeen = (row) =>
      project(out, x[row], y[row], z ? z[row] : 0) &&
      out[0] > left - margin && out[1] > top - margin && out[0] < right + margin && out[1] < bottom + margin;
    let [count, near, far] = [0, Infinity, -Infinity];
    for (let row = 0; row < n; row++) {
      if (!isSeen(row) || this.isFaded?.(row)) continue;
      count += 1;
      near = Math.min(near, out[2]);
      far = Math.max(far, out[2]);
    }
    const middle = (near + far) / 2;
    const scaleAt = (depth) => (z ? Math.min(1.3, Math.max(0.75, middle / depth)) : 1);
    const at = (row) =>
      isSeen(row) ? { x: out[0], y: out[1], depth: out[2], scale: scaleAt(out[2]) } : null;
    return { count, near, far, at };
  }

  #inPlane(project, seen) {
    const [pixels, levels] = [pixelsPerUnit(project), this.#levelsOf("vivid")];
    const spacing = (SIZE + GAP) * crowding(seen.count);
    let last = levels.finest(spacing / pixels);
    const counts = new Array(last + 1).fill(0);
    levels.forEach(last, (row, level) => seen.at(row) && (counts[level] += 1));
    let sum = 0;
    const roomy = counts.findIndex((count) => (sum += count) >= Math.min(ROOMY * seen.count, seen.count - 1));
    if (roomy >= 0 && seen.count) last = Math.max(roomy, Math.min(last, levels.finest((LARGEST + GAP) / pixels)));
    const size = Math.min(LARGEST, Math.max(SIZE, levels.distance(last) * pixels - GAP));
    return {
      size: roomy >= 0 ? size : SIZE,
      gap: roomy >= 0 ? GAP : spacing - SIZE,
      rows: () => this.#rowsOf(last),
    };
  }

  #rowsOf(last) {
    const rows = [];
    this.#levelsOf("vivid").forEach(last, (row) => rows.push(row));
    if (this.isFaded) this.#levelsOf("all").forEach(last, (row) => this.isFaded(row) && rows.push(row));
    return rows;
  }

  #levelsOf(which) {
    if (!this.isFaded) which = "all";
    if (!this.#levels.has(which)) {
      const rows = which === "all" ? this.rows : this.rows.filter((row) => !this.isFaded(row));
      this.#levels.set(which, new Levels(this.points, rows));
    }
    return this.#levels.get(which);
  }

  // In space nearer ones come first, in some steps, so that a small turn changes little.
  #inSpace(seen) {
    const step = (row) => {
      const at = seen.at(row);
      if (!at) return -1;
      const depth = Math.floor((3.99 * (at.depth - seen.near)) / (seen.far - seen.near || 1));
      return Math.min(3, Math.max(0, depth)) + (this.isFaded?.(row) ? 4 : 0);
    };
    const rows = () => {
      const steps = Array.from({ length: 8 }, () => []);
      for (const row of this.rows) steps[step(row)]?.push(row);
      return steps.flat();
    };
    return { size: SIZE, gap: (SIZE + GAP) * crowding(seen.count) - SIZE, rows };
  }
}

// How much more than its own size a picture keeps to itself: with many points the dots show more.
function crowding(count) {
  return Math.min(2.2, Math.max(1, Math.sqrt(count / 900)));
}

function pixelsPerUnit(project) {
  const [zero, one] = [[0, 0, 0], [0, 0, 0]];
  project(zero, 0, 0, 0);
  project(one, 1, 1, 0);
  return Math.min(Math.abs(one[0] - zero[0]), Math.abs(one[1] - zero[1]));
}

// Boxes that do not overlap, as many as may be.
class Room {
  boxes = [];
  #rows = new Set();

  constructor(most) {
    this.most = most;
  }

  get isFull() {
    return this.boxes.length >= this.most;
  }

  add(box, gap) {
    if (this.isFull || this.#rows.has(box.row) || this.boxes.some((other) => isNearer(box, other, gap))) return;
    this.#rows.add(box.row);
    this.boxes.push(box);
  }
}

function isNearer(a, b, gap) {
  const least = (a.size + b.size) / 2 + gap - 0.01; // levels keep this distance but for rounding
  return Math.abs(a.x - b.x) < least && Math.abs(a.y - b.y) < least;
}
