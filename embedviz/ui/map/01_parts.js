// The heavy parts of a picture (points, colors, faded), kept by version for the whole browser tab:
// a rerun, another page and back, or a second map of the same points need nothing sent again.

// As many as the Python side assumes (KEPT_VERSIONS in embedviz/ui/map/sending.py).
const KEPT_VERSIONS = 4;

class KeptVersions {
  #byVersion = new Map();

  get(version) {
    const value = this.#byVersion.get(version);
    if (value !== undefined) this.put(version, value); // the last used is the last forgotten
    return value;
  }

  put(version, value) {
    this.#byVersion.delete(version);
    this.#byVersion.set(version, value);
    if (this.#byVersion.size > KEPT_VERSIONS) {
      this.#byVersion.delete(this.#byVersion.keys().next().value);
    }
  }
}

const DECODERS = {
  points: decodePoints,
  colors: decodeColors,
  faded: decodeFaded,
  density: decodeDensity,
  sizes: (table) => table.getChild("size").toArray(),
  chosen: (message) => rowsOfMessage(message, message.n),
};

const keptParts = Object.fromEntries(Object.keys(DECODERS).map((name) => [name, new KeptVersions()]));

// Takes in what `data` carries and returns each part by its name (null for none) and `missing`: the
// names of those that Python thought were here. Packed texts that this browser cannot unpack are
// missing, and "unpacked" with them: Python then sends them as they are.
function takeParts(data) {
  const parts = { missing: [] };
  const isReadable = canUnpack() || !(data.packed_keys || data.packed_hover);
  if (!isReadable) parts.missing.push("unpacked");
  for (const [name, kept] of Object.entries(keptParts)) {
    const version = data.versions[name];
    if (data[name] && (name !== "points" || isReadable)) kept.put(version, DECODERS[name](data[name], data));
    parts[name] = version ? kept.get(version) : null;
    if (version && !parts[name]) parts.missing.push(name);
  }
  return parts;
}

function decodePoints(table, data) {
  const column = (name) => table.getChild(name);
  const texts = (name, packed) => (packed ? new PackedTexts(table.numRows, packed.getChild("byte").toArray()) : column(name));
  const keys = texts("key", data.packed_keys);
  const hover = texts("hover", data.packed_hover);
  const points = {
    n: table.numRows,
    x: column("x").toArray(),
    y: column("y").toArray(),
    z: data.dimensions === 3 ? column("z").toArray() : null,
    // Text is read from Arrow when it is shown: 100,000 strings are never made at once.
    key: (row) => keys.get(row),
    hover: (row) => hover?.get(row) ?? "",
    ready: Promise.all([keys.ready, hover?.ready]), // nothing asks for a text before
  };
  // Of a part of very many points the home view is that of all.
  points.extents = data.whole ?? [points.x, points.y, points.z].filter(Boolean).map(extentOf);
  return points;
}

function decodeColors(table, data) {
  return { codes: table.getChild("code").toArray(), palette: data.palette, legend: data.legend };
}

function decodeFaded(table) {
  return table.getChild("faded").toArray();
}

function extentOf(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
