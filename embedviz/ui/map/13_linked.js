// Maps of one page with the same link point out in each other what is under the mouse: by its key,
// for the same thing may stand in another row there.

const linkedMaps = new Map(); // by link: a Set of maps

function joinLink(map, link) {
  if (map.link === link) return;
  leaveLink(map);
  map.link = link;
  if (!link) return;
  if (!linkedMaps.has(link)) linkedMaps.set(link, new Set());
  linkedMaps.get(link).add(map);
}

function leaveLink(map) {
  const maps = linkedMaps.get(map.link);
  maps?.delete(map);
  if (maps?.size === 0) linkedMaps.delete(map.link);
  map.link = null;
}

// `key`: null when nothing is pointed at any more.
function tellLinked(map, key) {
  for (const other of linkedMaps.get(map.link) ?? []) if (other !== map) other.pointOut(key);
}

const rowsByKey = new WeakMap(); // by points: only linked maps need it, and then once

function rowOfKey(points, key) {
  if (!rowsByKey.has(points)) {
    rowsByKey.set(points, new Map(Array.from({ length: points.n }, (_, row) => [points.key(row), row])));
  }
  return rowsByKey.get(points).get(key) ?? -1;
}
