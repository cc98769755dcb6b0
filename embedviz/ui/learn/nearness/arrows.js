// Two arrows from the origin. A tip follows the mouse, the finger or the arrow keys at once; what it
// comes to is sent to Python, which answers with the numbers. Python's answer to an older message
// than the last one is not drawn: it would pull the tip back.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 560;
const HEIGHT = 400;
const SEND_EVERY = 200; // ms while dragging
const NARROW = 44; // pixels between two tips whose handles and names would cover each other
const STEP = 0.1;
const LONG_STEP = 0.5;
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class TwoArrows {
  #polar = { a: [1, 0], b: [1, 0] };
  #number = 0;
  #data = null;
  #send = null;
  #timer = null;
  #sentAt = -Infinity;
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

  // At once, or as soon as the last message is old enough.
  #tell(atOnce) {
    if (atOnce) this.stop();
    else if (this.#timer !== null) return;
    const wait = atOnce ? 0 : SEND_EVERY - (performance.now() - this.#sentAt);
    const tell = () => {
      this.#timer = null;
      this.#sentAt = performance.now();
      this.#number += 1;
      this.#send({ a: this.#polar.a, b: this.#polar.b, number: this.#number });
    };
    if (wait <= 0) tell();
    else this.#timer = setTimeout(tell, wait);
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
    line(parts.drop, b, foot, colors.dot);
    // The shadow lies beside a, on the side away from b, or the arrow would cover it.
    const beside = away([0, 0], a, b, 7);
    line(parts.dot, beside, [foot[0] + beside[0], foot[1] + beside[1]], colors.dot);
    line(parts.euclidean, a, b, colors.euclidean);
    const middles = this.#arc(colors.cosine);
    this.#arrow("a", a, b, said);
    this.#arrow("b", b, a, said);

    // Each number beside its line, on the side away from the other arrow.
    const between = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const far = Math.hypot(a[0] - b[0], a[1] - b[1]) < NARROW ? 108 : 26;
    const taken = [boxAround(a), boxAround(b), boxOf(parts.aText), boxOf(parts.bText)];
    const ways = [far, -far, far + 26, -far - 26, far + 52, -far - 52];
    const besides = ways.map((distance) => outward(between, [0, 0], distance));
    place(parts.euclideanText, besides, said.euclidean, colors.euclidean, taken);
    place(parts.cosineText, middles, said.cosine, colors.cosine, taken);
    const unders = [[0.5, 24], [0.5, 44], [0.75, 24], [0.25, 24], [0.5, -24], [0.75, 44], [0.5, 64], [0.5, -44]];
    const along = unders.map(([share, distance]) => {
      const under = away([0, 0], a, b, distance);
      return [foot[0] * share + under[0], foot[1] * share + under[1]];
    });
    place(parts.dotText, along, said.dot, colors.dot, taken);
    // The ground's numbers give way to all others.
    for (const tick of parts.ground.querySelectorAll(".tick")) {
      tick.toggleAttribute("hidden", taken.some((box) => overlap(box, boxOf(tick))));
    }
  }

  #arrow(name, tip, other, said) {
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
    // Two tips that nearly touch have their names above and below.
    const apart = Math.hypot(tip[0] - other[0], tip[1] - other[1]) < NARROW ? away([0, 0], tip, other, 12) : [0, 0];
    const anchor = Math.abs(way[0]) < 0.5 ? "middle" : way[0] > 0 ? "start" : "end";
    const place = [tip[0] + way[0] * 20 + apart[0], tip[1] + way[1] * 24 + apart[1]];
    write(this.#parts[`${name}Text`], place, said[name], null, anchor);
  }

  // The arc from a's direction to b's, the shorter way; returns where its number can stand, best first.
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
    // Between arrows that are nearly one there is no room: behind the origin there is.
    const isNarrow = Math.abs(turned) < 30;
    const [ahead, behind] = [from + turned / 2, from + turned / 2 + 180];
    const first = isNarrow ? at(behind, 34) : at(ahead, radius + 26);
    return [first, at(ahead, radius + 50), at(behind, 34), at(behind, 58), at(ahead, radius + 78), at(behind, 84)];
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

function write(made, [x, y], text, color, anchor = "middle") {
  made.setAttribute("x", Math.max(-WIDTH / 2 + 30, Math.min(WIDTH / 2 - 30, x)));
  made.setAttribute("y", Math.max(-HEIGHT / 2 + 16, Math.min(HEIGHT / 2 - 8, y + 5)));
  made.setAttribute("text-anchor", anchor);
  // A little of the page's own text color, so that it reads on a dark page too.
  if (color) made.style.fill = `color-mix(in srgb, ${color} 72%, var(--st-text-color))`;
  made.textContent = text;
}

// Write where nothing is `taken` yet, at the first of some points if everywhere something is.
function place(made, points, text, color, taken) {
  for (const point of [...points, points[0]]) {
    write(made, point, text, color);
    if (!text || !taken.some((box) => overlap(box, boxOf(made)))) break;
  }
  if (text) taken.push(boxOf(made));
}

// Left, top, right and bottom of a text as it is drawn; by its letters, as it may not be drawn yet.
function boxOf(made) {
  const size = made.classList.contains("name") ? 18 : made.classList.contains("tick") ? 11 : 15;
  const [x, y, width] = [+made.getAttribute("x"), +made.getAttribute("y"), 0.62 * size * made.textContent.length];
  const anchor = made.getAttribute("text-anchor");
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  return [left, y - 0.85 * size, left + width, y + 0.25 * size];
}

// Of the circle that a tip is dragged by.
function boxAround([x, y]) {
  return [x - 14, y - 14, x + 14, y + 14];
}

function overlap(one, other) {
  return one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
}

// So many pixels at right angles to the line from `start` to `end`, on the side where `other` is not.
function away(start, end, other, distance) {
  const along = [end[0] - start[0], end[1] - start[1]];
  const size = Math.hypot(...along) || 1;
  const side = [-along[1] / size, along[0] / size];
  const isThere = side[0] * (other[0] - start[0]) + side[1] * (other[1] - start[1]) > 0;
  return [side[0] * distance * (isThere ? -1 : 1), side[1] * distance * (isThere ? -1 : 1)];
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
    if (i !== 0 && Math.abs(at) < WIDTH / 2 - 12) {
      const tick = group.appendChild(element("text", { class: "tick", x: at, y: 16, "text-anchor": "middle" }));
      tick.textContent = String(i * step).replace("-", "−");
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
