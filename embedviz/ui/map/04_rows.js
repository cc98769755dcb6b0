// Selected rows as they travel; the same in embedviz/ui/map/selecting.py.

// Ascending rows of n points as base64: little-endian uint32, or a bit for every point if that is
// less. As JSON numbers with Plotly's event around them, 100,000 rows would be twelve megabytes.
function rowsMessage(rows, n) {
  if (4 * rows.length <= Math.ceil(n / 8)) {
    return { rows: toBase64(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)) };
  }
  const bits = new Uint8Array(Math.ceil(n / 8));
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return { bits: toBase64(bits) };
}

function rowsOfMessage({ rows, bits }, n) {
  if (bits === undefined) return new Uint32Array(fromBase64(rows).buffer);
  const bytes = fromBase64(bits);
  const found = [];
  for (let row = 0; row < n; row++) if (bytes[row >> 3] & (1 << (row & 7))) found.push(row);
  return Uint32Array.from(found);
}

function sameRows(a, b) {
  return a.length === b.length && a.every((row, i) => row === b[i]);
}

function numbersText(numbers) {
  return toBase64(new Uint8Array(Float64Array.from(numbers).buffer));
}

function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
