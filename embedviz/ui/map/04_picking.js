// Which point is meant: the nearest on the screen. (Plotly's own answer is the topmost of several in
// a dense 2-D cloud, and none at all in 3-D without a mouse that has rested.)

const PICK_RADIUS = 12;

// The row of the point nearest to pixel (px, py), or -1. In 3-D, of points at nearly the same
// distance the one in front is meant. With `sizes` (diameters) a large point reaches further, and
// what lies inside it is near it.
function nearestRow(project, points, px, py, sizes) {
  const { n, x, y, z } = points;
  const out = [0, 0, 0];
  let best = -1;
  let bestDistance = PICK_RADIUS * PICK_RADIUS;
  let bestDepth = Infinity;
  for (let row = 0; row < n; row++) {
    if (!project(out, x[row], y[row], z ? z[row] : 0)) continue;
    const dx = out[0] - px;
    const dy = out[1] - py;
    let distance = dx * dx + dy * dy;
    if (sizes) {
      const reach = sizes[row] / 2;
      const center = Math.sqrt(distance);
      // Inside the disk what is left of the distance only tells overlapping disks apart.
      distance = center > reach ? (center - reach + 1) ** 2 : (center / reach) ** 2;
    }
    if (distance > bestDistance + 4) continue;
    if (distance < bestDistance - 4 || (z ? out[2] < bestDepth : distance < bestDistance)) {
      best = row;
      bestDistance = Math.min(distance, bestDistance);
      bestDepth = out[2];
    }
  }
  return best;
}

// Marks have coordinates only. Of several points at one place the one of the mark's name is meant.
function rowsOfMarks(marks, points, before) {
  const version = JSON.stringify(marks);
  if (before.version === version && before.points === points) return before;
  const { n, x, y, z } = points;
  const places = marks.map(({ at, kind }) => (kind === "group" ? [NaN] : at.map(Math.fround)));
  const rowOf = marks.map(() => -1);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < places.length; i++) {
      const [atX, atY, atZ] = places[i];
      if (x[row] !== atX || y[row] !== atY || (z && z[row] !== atZ)) continue;
      if (rowOf[i] < 0 || points.key(row) === marks[i].label) rowOf[i] = row;
    }
  }
  const order = marks.map((_, i) => i).sort((a, b) => (marks[b].kind === "query") - (marks[a].kind === "query"));
  return { version, points, rowOf, rows: order.map((i) => rowOf[i]).filter((row) => row >= 0) };
}

// Rows of the points inside `polygon`, a flat list of pixels [x0, y0, x1, y1, …].
function rowsInside(project, points, polygon) {
  const { n, x, y, z } = points;
  const box = boundsOf(polygon);
  const out = [0, 0, 0];
  const rows = [];
  for (let row = 0; row < n; row++) {
    if (!project(out, x[row], y[row], z ? z[row] : 0)) continue;
    const [px, py] = out;
    if (px < box.left || px > box.right || py < box.top || py > box.bottom) continue;
    if (isInside(polygon, px, py)) rows.push(row);
  }
  return Uint32Array.from(rows);
}

// Even-odd rule: count the polygon's edges that a ray to the right crosses.
function isInside(polygon, px, py) {
  let inside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [polygon[i], polygon[i + 1], polygon[j], polygon[j + 1]];
    if (yi > py !== yj > py && px < ((xj - xi) * (py - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

function boundsOf(polygon) {
  const xs = polygon.filter((_, i) => i % 2 === 0);
  const ys = polygon.filter((_, i) => i % 2 === 1);
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}
