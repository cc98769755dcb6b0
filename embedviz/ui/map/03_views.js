// The view: from coordinates to pixels of the stage and back to Plotly's ranges or camera.

// How our modes are called in Plotly. In "box" and "lasso" Plotly never sees the drag.
const PLOTLY_DRAG = { pan: "pan", zoom: "zoom", box: "pan", lasso: "pan", orbit: "orbit", pan3: "pan" };

class FlatView {
  constructor(element) {
    this.element = element;
  }

  // One projector serves many points: it holds the scale of this moment.
  // It writes [pixel x, pixel y, depth] into `out` and says whether the point can be seen.
  projector() {
    const { xaxis, yaxis } = this.element._fullLayout;
    // From the ranges, not d2p: during a drag the ranges move before Plotly's scales do.
    const [x0, x1] = xaxis.range;
    const [y0, y1] = yaxis.range;
    const scaleX = xaxis._length / (x1 - x0);
    const scaleY = yaxis._length / (y1 - y0);
    const left = xaxis._offset;
    const bottom = yaxis._offset + yaxis._length;
    return (out, x, y) => {
      out[0] = left + (x - x0) * scaleX;
      out[1] = bottom - (y - y0) * scaleY;
      out[2] = 0;
      return true;
    };
  }

  // The way back: pixels [x0, y0, x1, y1, …] as coordinates.
  coordinatesOf(pixels) {
    const { left, top, right, bottom } = this.bounds();
    const { x, y } = this.state();
    return pixels.map((pixel, i) =>
      i % 2
        ? y[0] + ((bottom - pixel) / (bottom - top)) * (y[1] - y[0])
        : x[0] + ((pixel - left) / (right - left)) * (x[1] - x[0]),
    );
  }

  // Where points are drawn, in pixels of the stage.
  bounds() {
    const { xaxis, yaxis } = this.element._fullLayout;
    const [left, top] = [xaxis._offset, yaxis._offset];
    return { left, top, right: left + xaxis._length, bottom: top + yaxis._length };
  }

  // A string that changes whenever the same point would fall on another pixel.
  signature() {
    const { xaxis, yaxis } = this.element._fullLayout;
    return [...xaxis.range, ...yaxis.range, xaxis._length, yaxis._length].join();
  }

  state() {
    const { xaxis, yaxis } = this.element._fullLayout;
    return { x: [...xaxis.range], y: [...yaxis.range] };
  }

  static home([[x0, x1], [y0, y1]]) {
    return { x: padded(x0, x1), y: padded(y0, y1) };
  }

  static layoutWith(layout, state) {
    return {
      ...layout,
      xaxis: { ...layout.xaxis, range: state.x, autorange: false },
      yaxis: { ...layout.yaxis, range: state.y, autorange: false },
    };
  }

  static change(state) {
    return { "xaxis.range": state.x, "yaxis.range": state.y };
  }

  // Moved by shares of what is seen, to the right and upwards.
  panned(right, up) {
    const { x, y } = this.state();
    const moved = ([low, high], share) => [low + share * (high - low), high + share * (high - low)];
    return { x: moved(x, right), y: moved(y, up) };
  }

  // Around the middle: below 1 is nearer.
  zoomed(factor) {
    const scaled = ([low, high]) => {
      const [middle, half] = [(low + high) / 2, (factor * (high - low)) / 2];
      return [middle - half, middle + half];
    };
    const { x, y } = this.state();
    return { x: scaled(x), y: scaled(y) };
  }

  // The view with `at` in its center: near enough to tell the marks around it apart and wide enough
  // for most of them, but never wider than now unless the marks need it.
  focused(at, marks, extents) {
    const { x, y } = this.state();
    const { xaxis, yaxis } = this.element._fullLayout;
    const aspect = yaxis._length / xaxis._length;
    const whole = Math.max(...extents.map(([low, high]) => high - low)) || 1;
    const distances = marks
        .filter((mark) => mark.kind !== "group")
      .map((mark) => Math.max(Math.abs(mark.at[0] - at[0]), Math.abs(mark.at[1] - at[1]) / aspect))
      .sort((a, b) => a - b);
    const most = distances.length ? distances[Math.floor((distances.length - 1) * 0.85)] : 0;
    const now = Math.min((x[1] - x[0]) / 2, (y[1] - y[0]) / 2 / aspect);
    const spread = Math.max(2.5 * most, 0.22 * whole);
    const half = Math.max(Math.min(now, 0.3 * whole, spread), 1.2 * most);
    return {
      x: [at[0] - half, at[0] + half],
      y: [at[1] - half * aspect, at[1] + half * aspect],
    };
  }
}

class SpaceView {
  constructor(element) {
    this.element = element;
  }

  get scene() {
    return this.element._fullLayout.scene._scene;
  }

  #matrix() {
    const { projection, view, model } = this.scene.glplot.cameraParams;
    const [sx, sy, sz] = this.scene.dataScale; // Plotly scales the data before it draws them
    const data = [sx, 0, 0, 0, 0, sy, 0, 0, 0, 0, sz, 0, 0, 0, 0, 1];
    return [view, model, data].reduce(product, projection);
  }

  projector() {
    const m = this.#matrix();
    const frame = this.scene.container.getBoundingClientRect();
    const stage = this.element.getBoundingClientRect();
    const left = frame.left - stage.left;
    const top = frame.top - stage.top;
    return (out, x, y, z) => {
      const w = m[3] * x + m[7] * y + m[11] * z + m[15];
      if (w <= 0) return false; // behind the camera
      out[0] = left + (0.5 + (0.5 * (m[0] * x + m[4] * y + m[8] * z + m[12])) / w) * frame.width;
      out[1] = top + (0.5 - (0.5 * (m[1] * x + m[5] * y + m[9] * z + m[13])) / w) * frame.height;
      out[2] = w;
      return true;
    };
  }

  bounds() {
    return { left: 0, top: 0, right: this.element.clientWidth, bottom: this.element.clientHeight };
  }

  signature() {
    const { view, projection, model } = this.scene.glplot.cameraParams;
    const { clientWidth, clientHeight } = this.element;
    return [clientWidth, clientHeight, ...view, ...projection, ...model].join();
  }

  state() {
    return { camera: this.scene.getCamera() };
  }

  static home() {
    const vector = (x, y, z) => ({ x, y, z });
    return { camera: { eye: vector(1.15, 1.15, 0.75), center: vector(0, 0, 0), up: vector(0, 0, 1) } };
  }

  static layoutWith(layout, state) {
    return { ...layout, scene: { ...layout.scene, camera: state.camera } };
  }

  static change(state) {
    return { "scene.camera": state.camera };
  }

  // By shares of the distance, to the right and upwards.
  panned(right, up) {
    const camera = this.state().camera;
    const { eye, center } = camera;
    const away = minus(eye, center);
    const upwards = scaled(unit(camera.up), up * length(away));
    const sideways = scaled(unit(cross(camera.up, away)), right * length(away));
    const by = plus(upwards, sideways);
    return { camera: { ...camera, eye: plus(eye, by), center: plus(center, by) } };
  }

  // Around the middle, by angles: the eye goes to the right and upwards.
  turned(right, up) {
    const camera = this.state().camera;
    const { eye, center } = camera;
    const upwards = unit(camera.up);
    const away = rotated(minus(eye, center), upwards, right);
    const side = unit(cross(upwards, away));
    return {
      camera: { ...camera, eye: plus(center, rotated(away, side, -up)), up: rotated(upwards, side, -up) },
    };
  }

  zoomed(factor) {
    const camera = this.state().camera;
    const { eye, center } = camera;
    return { camera: { ...camera, eye: plus(center, scaled(minus(eye, center), factor)) } };
  }

  // The camera moved sideways, without turning, until it looks at `at`, and nearer if it was far.
  focused(at) {
    const { glplot, dataScale } = this.scene;
    const [axes, center] = [["x", "y", "z"], {}];
    axes.forEach((axis, i) => {
      // What is drawn: until the next relayout `_fullLayout` knows only Plotly's default range.
      const [low, high] = glplot.bounds.map((end) => end[i] / dataScale[i]);
      center[axis] = ((at[i] - (low + high) / 2) / (high - low || 1)) * glplot.aspect[i];
    });
    const { eye, center: old, up, projection } = this.state().camera;
    const away = Math.hypot(...axes.map((axis) => eye[axis] - old[axis]));
    const nearer = Math.min(1, 1.1 / away);
    const moved = {};
    for (const axis of axes) moved[axis] = center[axis] + (eye[axis] - old[axis]) * nearer;
    return { camera: { eye: moved, center, up, projection } };
  }
}

function padded(low, high) {
  const pad = 0.05 * (high - low) || 1;
  return [low - pad, high + pad];
}

// Of two 4 × 4 matrices, column by column as in WebGL.
function product(a, b) {
  const result = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[4 * k + row] * b[4 * column + k];
      result[4 * column + row] = sum;
    }
  }
  return result;
}

// Whether a person's view on some points still makes sense on these: the same things, in about the
// same place. (A grown t-SNE or another method lies elsewhere.)
function viewStillFits(before, now) {
  if (before.keys !== now.keys || before.extents.length !== now.extents.length) return false;
  if (now.extents.length === 3) return true; // a camera turns around the middle of any points
  return now.extents.every(([low, high], i) => {
    const [oldLow, oldHigh] = before.extents[i];
    const common = Math.min(high, oldHigh) - Math.max(low, oldLow);
    return common > 0.5 * (Math.max(high, oldHigh) - Math.min(low, oldLow));
  });
}
