// What a mouse, pen or finger does on the stage, in our terms: hover, click, draw, leave.
// Plotly still pans, zooms and turns; only a lasso or box keeps the drag from it.

const CLICK_SLACK = 4; // pixels: more is a drag

class Pointer {
  #down = null;
  #outline = null;
  #hoverFrame = 0;
  #ended = new AbortController();

  // handlers: {mode(), hover(x, y), click(x, y), doubleClick(x, y), draw(outline), drawn(outline), leave()}
  constructor(stage, plot, handlers) {
    this.stage = stage;
    this.plot = plot;
    this.handlers = handlers;
    const on = (target, type, handler, options) =>
      target.addEventListener(type, handler, { signal: this.#ended.signal, ...options });
    // While capturing: Plotly's own layers stop some of these events.
    on(stage, "pointerdown", (event) => this.#pressed(event), { capture: true });
    on(stage, "pointermove", (event) => this.#hovered(event), { capture: true });
    on(stage, "pointerleave", () => this.#left());
    on(stage, "dblclick", (event) => this.#isOnPlot(event) && handlers.doubleClick(...this.#at(event)));
    // On the window: during a drag Plotly covers the page, so the release falls elsewhere.
    on(window, "pointermove", (event) => this.#dragged(event), { capture: true });
    on(window, "pointerup", (event) => this.#released(event), { capture: true });
    on(window, "pointercancel", () => this.cancel(), { capture: true });
    for (const type of ["mousedown", "touchstart"]) {
      on(stage, type, (event) => this.#keepFromPlotly(event), { capture: true, passive: false });
    }
  }

  get isDown() {
    return Boolean(this.#down);
  }

  end() {
    this.#ended.abort();
    cancelAnimationFrame(this.#hoverFrame);
  }

  cancel() {
    this.#down = null;
    if (this.#outline) this.handlers.draw(null);
    this.#outline = null;
  }

  #isOnPlot(event) {
    return this.plot.contains(event.target);
  }

  #at(event) {
    const frame = this.plot.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  #selects() {
    return ["box", "lasso"].includes(this.handlers.mode());
  }

  #keepFromPlotly(event) {
    if (!this.#isOnPlot(event)) return;
    this.stage.focus({ preventScroll: true }); // so that Escape is heard
    if (!this.#selects()) return;
    event.stopPropagation();
    event.preventDefault();
  }

  #pressed(event) {
    if (!this.#isOnPlot(event) || event.button !== 0) return;
    if (!event.isPrimary) return this.cancel(); // a second finger: a pinch, no click
    const [x, y] = this.#at(event);
    this.#down = { x, y, moved: false };
    this.#outline = this.#selects() ? [x, y] : null;
    this.#left();
  }

  #dragged(event) {
    if (!this.#down || !event.isPrimary) return;
    const [x, y] = this.#at(event);
    const { x: startX, y: startY } = this.#down;
    this.#down.moved ||= Math.hypot(x - startX, y - startY) > CLICK_SLACK;
    if (!this.#outline || !this.#down.moved) return;
    if (this.handlers.mode() === "box") this.#outline = [startX, startY, x, startY, x, y, startX, y];
    else this.#outline.push(x, y);
    this.handlers.draw(this.#outline);
  }

  #released(event) {
    if (!this.#down || !event.isPrimary) return;
    const { moved } = this.#down;
    const outline = this.#outline;
    this.cancel();
    if (!moved) this.handlers.click(...this.#at(event));
    else if (outline && outline.length >= 6) this.handlers.drawn(outline);
  }

  #hovered(event) {
    if (event.buttons || event.pointerType === "touch" || !this.#isOnPlot(event)) return;
    const at = this.#at(event);
    cancelAnimationFrame(this.#hoverFrame); // at most one search of all points per frame
    this.#hoverFrame = requestAnimationFrame(() => this.handlers.hover(...at));
  }

  #left() {
    cancelAnimationFrame(this.#hoverFrame);
    this.handlers.leave();
  }
}
