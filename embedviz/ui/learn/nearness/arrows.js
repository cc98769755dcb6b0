// Two arrows from the origin. A tip follows the mouse, the finger or the arrow keys at once; what it
// comes to is sent to Python, which answers with the numbers. Python's answer to an older message
// than the last one is not drawn: it would pull the tip back.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560;
const HEIGHT = 400;
const SEND_EVERY = 200; // ms while dragging
const STEP = 0.1;
const LONG_STEP = 0.5;
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class TwoArrows {
  #polar = { a: [1, 0], b: [1, 0] };
  #number = 0;
  #data = null;
  #send = null;
  #timer = null;
  #dragged = null;
  #parts = {};

  constructor(place) {
    this.svg = element("svg", { viewBox: `${-WIDTH / 2} ${-HEIGHT / 2} ${WIDTH} ${HEIGHT}` });
    this.svg.setAttribute("role", "group");
    this.#parts.ground = this.svg.appendChild(element("g"));
    for (const [name, tag] of [
      ["dot", "line"], ["drop", "line"], ["euclidean", "line"], ["cosine", "path"],
      ["a", "g"], ["b", "g"],
    ]) {
      this.#parts[name] = this.svg.appendChild(element(tag, { class: name }));
    }
    for (const name of ["a", "b"]) {
      this.#parts[name].append(element("line", { class: "shaft" }), element("path", { class: "head" }));
    }
    for (const name of ["euclidean", "cosine", "dot"]) {
      this.#parts[`${name}Text`] = this.svg.appendChild(element("text", { class: "number" }));
    }
    for (const name of ["a", "b"]) {
      this.#parts[`${name}Text`] = this.svg.appendChild(element("text", { class: "name" }));
      this.#parts[`${name}Handle`] = this.svg.appendChild(this.#handle(name));
    }
    place.replaceChildren(this.svg);
  }

  take(data, send) {
    this.#send = send;
    const isBusy = this.#dragged !== null || this.#timer !== null || data.number < this.#number;
    if (this.#data !== null && isBusy) {
      this.#data = { ...this.#data, said: data.said }; // the numbers follow, a little behind
    } else {
      this.#data = data;
      this.#number = data.number;
      for (const name of ["a", "b"]) this.#polar[name] = [data[name].length, data[name].degrees];
      this.svg.classList.remove("moving");
    }
    this.#draw();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #handle(name) {
    const circle = element("circle", { class: "handle", r: 13, tabindex: 0, role: "slider" });
    circle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      circle.focus({ preventScroll: true });
      circle.setPointerCapture(event.pointerId);
      this.#dragged = name;
      this.svg.classList.add("moving");
    });
    circle.addEventListener("pointermove", (event) => {
      if (this.#dragged === name) this.#moveTo(name, this.#placeOf(event));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      circle.addEventListener(end, () => {
        if (this.#dragged !== name) return;
        this.#dragged = null;
        this.#tell(true);
      });
    }
    circle.addEventListener("keydown", (event) => {
      const way = KEYS[event.key];
      if (!way) return;
      event.preventDefault();
      const step = event.shiftKey ? LONG_STEP : STEP;
      const [x, y] = this.#tip(name);
      this.#moveTo(name, [x + way[0] * step, y + way[1] * step]);
    });
    return circle;
  }

  #placeOf(event) {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [at.x / this.#scale, -at.y / this.#scale];
  }

  get #scale() {
    return (HEIGHT / 2 - 22) / this.#data.reach;
  }

  #tip(name) {
    const [length, degrees] = this.#polar[name];
    const turn = (degrees * Math.PI) / 180;
    return [length * Math.cos(turn), length * Math.sin(turn)];
  }

  #moveTo(name, [x, y]) {
    const length = Math.min(Math.hypot(x, y), this.#data.longest);
    const degrees = (Math.atan2(y, x) * 180) / Math.PI;
    this.#polar[name] = [Math.round(length * 100) / 100, Math.round(degrees * 2) / 2];
    this.svg.classList.add("moving");
    this.#draw();
    this.#tell(false);
  }

  #tell(atOnce) {
    if (atOnce) this.stop();
    else if (this.#timer !== null) return;
    const tell = () => {
      this.#timer = null;
      this.#number += 1;
      this.#send({ a: this.#polar.a, b: this.#polar.b, number: this.#number });
    };
    if (atOnce) tell();
    else this.#timer = setTimeout(tell, SEND_EVERY);
  }

  #draw() {
    const { said, colors, reach } = this.#data;
    const scale = this.#scale;
    const pixel = ([x, y]) => [x * scale, -y * scale];
    const tips = { a: this.#tip("a"), b: this.#tip("b") };
    const [a, b] = [pixel(tips.a), pixel(tips.b)];
    const parts = this.#parts;
    if (this.drawnReach !== reach) ground(parts.ground, scale);
    this.drawnReach = reach;
    this.svg.setAttribute("aria-label", said.alt);

    const square = tips.a[0] ** 2 + tips.a[1] ** 2;
    const share = square > 0 ? (tips.a[0] * tips.b[0] + tips.a[1] * tips.b[1]) / square : 0;
    const foot = [a[0] * share, a[1] * share];
    line(parts.dot, [0, 0], foot, colors.dot);
    line(parts.drop, b, foot, colors.dot);
    line(parts.euclidean, a, b, colors.euclidean);
    const middle = this.#arc(colors.cosine);
    for (const [name, tip] of [["a", a], ["b", b]]) this.#arrow(name, tip, said);

    // Each number beside its line, on the side away from the other arrow.
    const between = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    write(parts.euclideanText, outward(between, [(foot[0] + middle[0]) / 2, (foot[1] + middle[1]) / 2], 24), said.euclidean, colors.euclidean);
    write(parts.cosineText, middle, said.cosine, colors.cosine);
    write(parts.dotText, outward([foot[0] / 2, foot[1] / 2], b, 22), said.dot, colors.dot);
  }

  #arrow(name, tip, said) {
    const [shaft, head] = this.#parts[name].children;
    const size = Math.hypot(...tip);
    const way = size > 0 ? [tip[0] / size, tip[1] / size] : [1, 0];
    const neck = [tip[0] - way[0] * Math.min(14, size), tip[1] - way[1] * Math.min(14, size)];
    line(shaft, [0, 0], neck);
    const side = [-way[1] * 6.5, way[0] * 6.5];
    head.setAttribute("d", size < 1 ? "" : `M${tip} L${[neck[0] + side[0], neck[1] + side[1]]} L${[neck[0] - side[0], neck[1] - side[1]]}Z`);
    const handle = this.#parts[`${name}Handle`];
    handle.setAttribute("cx", tip[0]);
    handle.setAttribute("cy", tip[1]);
    handle.setAttribute("aria-label", `${said.handle} ${said[name]}`);
    const [length, degrees] = this.#polar[name];
    handle.setAttribute("aria-valuenow", length);
    handle.setAttribute("aria-valuemin", 0);
    handle.setAttribute("aria-valuemax", this.#data.longest);
    handle.setAttribute("aria-valuetext", `${length.toFixed(2)}, ${degrees.toFixed(1)}°`);
    write(this.#parts[`${name}Text`], [tip[0] + way[0] * 26, tip[1] + way[1] * 24], said[name]);
  }

  // The arc from a's direction to b's, the shorter way; returns where its number stands.
  #arc(color) {
    const [lengthA, from] = this.#polar.a;
    const [lengthB, to] = this.#polar.b;
    const turned = ((((to - from) % 360) + 540) % 360) - 180;
    const radius = 46;
    const at = (degrees, r) => {
      const turn = (degrees * Math.PI) / 180;
      return [r * Math.cos(turn), -r * Math.sin(turn)];
    };
    const shown = lengthA > 0 && lengthB > 0;
    const path = `M${at(from, radius)} A${radius} ${radius} 0 0 ${turned > 0 ? 0 : 1} ${at(from + turned, radius)}`;
    this.#parts.cosine.setAttribute("d", shown ? path : "");
    this.#parts.cosine.setAttribute("stroke", color);
    return at(from + turned / 2, radius + 26);
  }
}

function element(tag, attributes = {}) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function line(made, from, to, color) {
  const ends = { x1: from[0], y1: from[1], x2: to[0], y2: to[1] };
  for (const [name, value] of Object.entries(ends)) made.setAttribute(name, value);
  if (color) made.setAttribute("stroke", color);
}

function write(made, [x, y], text, color) {
  made.setAttribute("x", Math.max(-WIDTH / 2 + 30, Math.min(WIDTH / 2 - 30, x)));
  made.setAttribute("y", Math.max(-HEIGHT / 2 + 16, Math.min(HEIGHT / 2 - 8, y + 5)));
  made.setAttribute("text-anchor", "middle");
  if (color) made.setAttribute("fill", color);
  made.textContent = text;
}

// From `point`, so many pixels away from `other`.
function outward(point, other, distance) {
  const way = [point[0] - other[0], point[1] - other[1]];
  const size = Math.hypot(...way) || 1;
  return [point[0] + (way[0] / size) * distance, point[1] + (way[1] / size) * distance];
}

function ground(group, scale) {
  group.replaceChildren();
  const step = scale > 130 ? 0.5 : 1;
  for (let i = -Math.ceil(WIDTH / scale / step); i <= Math.ceil(WIDTH / scale / step); i++) {
    const at = i * step * scale;
    const kind = i === 0 ? "axis" : "grid";
    if (Math.abs(at) <= WIDTH / 2) {
      group.append(element("line", { class: kind, x1: at, x2: at, y1: -HEIGHT / 2, y2: HEIGHT / 2 }));
    }
    if (Math.abs(at) <= HEIGHT / 2) {
      group.append(element("line", { class: kind, x1: -WIDTH / 2, x2: WIDTH / 2, y1: at, y2: at }));
    }
  }
}

const shown = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".two-arrows");
  if (!shown.has(place)) shown.set(place, new TwoArrows(place));
  const arrows = shown.get(place);
  arrows.take(data, (value) => setStateValue("moved", value));
  return () => {
    if (!place.isConnected) arrows.stop();
  };
}
