// The bar that plays a lesson's charts in step: play or pause, a slider, the step in sight.

const TELL_AFTER = 250; // ms of rest: an arrow key held down is one message
const BEGIN_AFTER = 700; // ms: the first picture is seen before it moves
const PLAYING = "ev-playing"; // on the page while what is written is of another step than the picture

const playedByItself = new Set(); // by name, in this tab: once is enough

// What one name's bar and charts share, whichever of them comes first.
class Stage {
  static #byName = new Map();

  static of(name) {
    if (!Stage.#byName.has(name)) Stage.#byName.set(name, new Stage(name));
    return Stage.#byName.get(name);
  }

  courses = {}; // by chart; empty before the bar is there
  tell = () => {};
  #listeners = new Map();
  #begins = false; // whether it may play by itself
  #timer = null;

  constructor(name) {
    this.name = name;
    this.playback = new Playback((step) => this.tell(step), () => this.#changed());
  }

  join(who, listener) {
    this.#listeners.set(who, listener);
  }

  leave(who) {
    this.#listeners.delete(who);
    if (this.#listeners.size) return;
    this.playback.stop();
    Stage.#byName.delete(this.name);
    this.#changed();
  }

  take({ courses, steps }) {
    this.courses = courses;
    this.playback.setSteps(steps);
    this.#soon();
  }

  heard({ step, begins }) {
    this.#begins = begins;
    this.playback.heard(step);
    this.#soon();
  }

  play() {
    playedByItself.add(this.name);
    this.playback.play(performance.now());
    const go = (now) => {
      this.playback.tick(Math.max(now, 0));
      if (this.playback.playing) requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  // The first time that a part is opened, unless its link names a step or the person wants rest.
  #soon() {
    const ready = this.#begins && Object.keys(this.courses).length;
    if (!ready || this.#timer || playedByItself.has(this.name)) return;
    this.#timer = setTimeout(() => {
      const untouched = this.#begins && this.#listeners.size && this.playback.frame === null;
      const wanted = !matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (untouched && wanted && !playedByItself.has(this.name)) this.play();
      playedByItself.add(this.name);
    }, BEGIN_AFTER);
  }

  frameOf(chart) {
    return chart in this.courses ? this.playback.frame : null;
  }

  #changed() {
    document.documentElement.classList.toggle(PLAYING, this.playback.playing);
    for (const listener of this.#listeners.values()) listener();
  }
}

class PlayerBar {
  #timer = null;

  constructor(root) {
    this.root = root;
    this.button = root.appendChild(document.createElement("button"));
    this.button.type = "button";
    this.slider = root.appendChild(document.createElement("input"));
    Object.assign(this.slider, { type: "range", step: 1, min: 0 });
    this.output = root.appendChild(document.createElement("output"));
    this.button.addEventListener("click", () => this.#toggle());
    this.slider.addEventListener("input", () => this.#moved());
  }

  update({ name, steps, courses, texts }, tell) {
    this.texts = texts;
    this.root.setAttribute("aria-label", texts.player);
    this.slider.setAttribute("aria-label", texts.steps);
    if (this.stage?.name !== name) {
      this.stage?.leave(this);
      this.stage = Stage.of(name);
      this.stage.join(this, () => this.#draw());
    }
    this.stage.tell = tell;
    this.stage.take({ courses, steps });
  }

  end() {
    clearTimeout(this.#timer);
    this.stage?.playback.stop();
    this.stage?.leave(this);
  }

  #toggle() {
    clearTimeout(this.#timer);
    const { playback } = this.stage;
    if (playback.playing) playback.pause();
    else this.stage.play();
  }

  #moved() {
    const { playback } = this.stage;
    const step = Number(this.slider.value);
    playback.drag(step);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => playback.drop(step), TELL_AFTER);
  }

  #draw() {
    const { playing, position, last } = this.stage.playback;
    const { play, pause, step } = this.texts;
    this.root.dataset.playing = String(playing);
    this.button.textContent = `${playing ? "❚❚" : "▶"}\u2002${playing ? pause : play}`;
    this.button.setAttribute("aria-label", playing ? pause : play);
    this.slider.max = last;
    this.slider.value = position;
    this.slider.style.setProperty("--done", `${(100 * position) / Math.max(last, 1)}%`);
    this.output.textContent = step.replace("{step}", position).replace("{last}", last);
    this.slider.setAttribute("aria-valuetext", this.output.textContent);
  }
}

const bars = new WeakMap(); // by the element that Streamlit gives us

// Called by Streamlit at every rerun.
export function showPlayer(component) {
  const root = component.parentElement.querySelector(".ev-player");
  const bar = bars.get(root) ?? new PlayerBar(root);
  bars.set(root, bar);
  bar.update(component.data, (step) => component.setTriggerValue("step", step));
  return () => setTimeout(() => root.isConnected || bar.end());
}
