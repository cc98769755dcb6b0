// Vectors {x, y, z}, as Plotly's camera has them.

const plus = (a, b) => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });
const scaled = (a, by) => ({ x: a.x * by, y: a.y * by, z: a.z * by });
const minus = (a, b) => plus(a, scaled(b, -1));
const dot = (a, b) => a.x * b.x + a.y * b.y + a.z * b.z;
const length = (a) => Math.sqrt(dot(a, a));
const unit = (a) => scaled(a, 1 / (length(a) || 1));

function cross(a, b) {
  return { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x };
}

// `a` turned around the unit vector `axis` (Rodrigues).
function rotated(a, axis, angle) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const along = scaled(axis, dot(axis, a) * (1 - cos));
  return plus(plus(scaled(a, cos), scaled(cross(axis, a), sin)), along);
}
