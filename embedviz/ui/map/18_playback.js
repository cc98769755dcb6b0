// A course that plays: which step is in sight, which frame that is, and what the server hears of it.
// Nothing here knows a page: time comes in with each call, and what changed is told to listeners.

const FRAMES_PER_SECOND = 8;

export class Playback {
  steps = [0]; // the frames' steps, ascending
  position = 0; // the step in sight
  playing = false;
  #known = null; // the step that the server drew last
  #told = []; // what it was told and has not drawn yet
  #startedAt = 0;
  #startFrame = 0;
  #tell;
  #changed;

  // `tell(step)`: the server hears of it. `changed()`: another step is in sight, or it plays or not.
  constructor(tell = () => {}, changed = () => {}) {
    this.#tell = tell;
    this.#changed = changed;
  }

  get last() {
    return this.steps.at(-1);
  }

  // The number of the frame in sight; null while it is the very step that the server drew.
  get frame() {
    return this.playing || this.position !== this.#known ? this.#frameOf(this.position) : null;
  }

  setSteps(steps) {
    this.steps = steps;
    if (this.position > this.last) this.position = this.last;
    this.#changed();
  }

  // What the server drew: its answer to what it was told, or a step that somebody chose elsewhere.
  // The same one again is a rerun for another reason, which stops nothing.
  heard(step) {
    const answered = this.#told.indexOf(step);
    const isNews = step !== this.#known;
    this.#known = step;
    if (answered >= 0) this.#told.splice(0, answered + 1);
    else if (isNews) [this.#told, this.playing, this.position] = [[], false, step];
    this.#changed();
  }

  // From the step in sight to the end; from the end anew.
  play(now) {
    if (this.position >= this.last) this.position = this.steps[0];
    [this.playing, this.#startedAt, this.#startFrame] = [true, now, this.#frameOf(this.position)];
    this.#changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.#say();
  }

  // By the clock, not by the count: a slow machine leaves frames out and is done as soon.
  tick(now) {
    if (!this.playing) return;
    const frame = this.#startFrame + Math.floor(((now - this.#startedAt) * FRAMES_PER_SECOND) / 1000);
    const step = this.steps[Math.min(frame, this.steps.length - 1)];
    if (step > this.position) this.position = step;
    if (frame >= this.steps.length - 1) this.pause();
    else this.#changed();
  }

  // While the slider moves only the browser follows; once it rests the server hears of it.
  drag(step) {
    [this.playing, this.position] = [false, step];
    this.#changed();
  }

  drop(step) {
    this.drag(step);
    this.#say();
  }

  // It went out of sight: nobody hears of it.
  stop() {
    this.playing = false;
  }

  #say() {
    if (this.position !== (this.#told.at(-1) ?? this.#known)) {
      this.#told.push(this.position);
      this.#tell(this.position);
    }
    this.#changed();
  }

  #frameOf(step) {
    let frame = 0;
    while (frame + 1 < this.steps.length && this.steps[frame + 1] <= step) frame++;
    return frame;
  }
}

// A copy of a figure with each track's value of a frame in its place (see embedviz/plots/courses.py).
export function figureAt(figure, course, frame) {
  const copy = structuredClone(figure);
  for (const track of course) {
    const home = track.trace === null ? copy.layout : copy.data[track.trace];
    if (home) put(home, track.path.split("."), valueAt(track, frame));
  }
  return copy;
}

function valueAt(track, frame) {
  if (track.whole) return track.whole.slice(0, track.lengths[frame]);
  return track.values[track.of ? track.of[frame] : frame];
}

function put(home, [name, ...rest], value) {
  if (rest.length) put((home[name] ??= {}), rest, value);
  else home[name] = value;
}
