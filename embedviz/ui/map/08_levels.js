// Which pictures are shown at which zoom, decided once for the points of a plane.
//
// Level by level, each with a smaller distance than the one before, rows are taken that keep this
// distance from all taken so far (Chebyshev: pictures are squares). So the rows of a level are
// spread evenly, and zooming in only ever adds pictures: none that was there gives way.

const LEVELS_PER_OCTAVE = 8;
const COARSEST = 4; // the distance of the first level is this part of the widest extent
const MOST_LEVELS = 20 * LEVELS_PER_OCTAVE; // magnified a million times

class Levels {
  #rows = []; // taken, coarsest level first
  #ends = []; // per level: how many of #rows are taken
  #left; // not taken yet, in random but fixed order

  constructor(points, rows) {
    this.points = points;
    this.#left = rows;
    this.coarsest = (Math.max(...points.extents.map(([low, high]) => high - low)) || 1) / COARSEST;
  }

  // In units of the coordinates.
  distance(level) {
    return this.coarsest * 2 ** (-level / LEVELS_PER_OCTAVE);
  }

  // The finest level whose rows are at least `distance` apart.
  finest(distance) {
    const level = Math.floor(Math.log2(this.coarsest / distance) * LEVELS_PER_OCTAVE + 1e-9);
    return Math.min(MOST_LEVELS, Math.max(0, level));
  }

  // Calls `visit(row, level)` for every row of the levels up to `last`, the coarsest first.
  forEach(last, visit) {
    while (this.#ends.length <= last) this.#addLevel(this.distance(this.#ends.length));
    for (let level = 0, i = 0; level <= last; level++) {
      for (; i < this.#ends[level]; i++) visit(this.#rows[i], level);
    }
  }

  #addLevel(distance) {
    const { x, y, extents } = this.points;
    if (this.#left.length) {
      const taken = new Grid(x, y, extents, distance);
      for (const row of this.#rows) taken.add(row);
      this.#left = this.#left.filter((row) => {
        if (taken.hasNear(row)) return true;
        taken.add(row);
        this.#rows.push(row);
        return false;
      });
    }
    this.#ends.push(this.#rows.length);
  }
}

// Rows that are all at least one cell apart, found by their cell (which holds one row at most).
class Grid {
  #count = 0;

  constructor(x, y, extents, cell) {
    Object.assign(this, { x, y, cell, left: extents[0][0], bottom: extents[1][0] });
    this.#resize(256);
  }

  // Small while there is little in it: so it stays in the processor's cache.
  #resize(size) {
    const rows = this.rows?.filter((row) => row >= 0) ?? [];
    this.mask = size - 1;
    this.rows = new Int32Array(size).fill(-1);
    this.columns = new Int32Array(size);
    this.lines = new Int32Array(size);
    this.#count = 0;
    for (const row of rows) this.add(row);
  }

  #slot(column, line) {
    const { rows, columns, lines, mask } = this;
    let slot = (Math.imul(column, 73856093) ^ Math.imul(line, 19349663)) & mask;
    while (rows[slot] >= 0 && (columns[slot] !== column || lines[slot] !== line)) slot = (slot + 1) & mask;
    return slot;
  }

  #column(row) {
    return Math.floor((this.x[row] - this.left) / this.cell);
  }

  #line(row) {
    return Math.floor((this.y[row] - this.bottom) / this.cell);
  }

  add(row) {
    if (2 * this.#count > this.mask) this.#resize(4 * (this.mask + 1));
    const [column, line] = [this.#column(row), this.#line(row)];
    const slot = this.#slot(column, line);
    [this.rows[slot], this.columns[slot], this.lines[slot]] = [row, column, line];
    this.#count += 1;
  }

  hasNear(row) {
    const { x, y, cell } = this;
    const column = this.#column(row);
    const line = this.#line(row);
    for (let i = 0; i < 9; i++) {
      const other = this.rows[this.#slot(column + ACROSS[i], line + ALONG[i])];
      if (other < 0) continue;
      if (Math.abs(x[other] - x[row]) < cell && Math.abs(y[other] - y[row]) < cell) return true;
    }
    return false;
  }
}

// The cells around one, itself first: most answers are there.
const ACROSS = [0, 0, 1, 0, -1, 1, 1, -1, -1];
const ALONG = [0, 1, 0, -1, 0, 1, -1, 1, -1];

// All rows in an order that looks random and is always the same.
function shuffledRows(n) {
  const places = Uint32Array.from({ length: n }, (_, row) => scrambled(row));
  return Array.from(places.keys()).sort((a, b) => places[a] - places[b]);
}

function scrambled(row) {
  let bits = Math.imul(row + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
