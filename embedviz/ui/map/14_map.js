// The map itself: takes each rerun's data, changes only what changed, sends back what a person does.

const leftViews = new Map(); // by key: the view when the map went off the page
const selections = new Map(); // by key: the selection made here that Python also holds

// Makers of what is drawn under the points, each called with {stage, send(event, value)} and giving
// {update(data, points, theme), draw(view), paint(context, ratio), end()}.
const LAYERS = [];

const MOST_LEFT_VIEWS = 20;
const ASK_AGAIN_MS = 3000;
const TOLD_MS = 10_000;
const SLOW_TO_DRAW = 20_000; // points; Plotly takes most of a second for the colors of 100,000
const ANSWER_MS = 400;

class EmbedvizMap {
  // What is drawn now, by version.
  #drawn = { points: null, look: null };
  #pending = Promise.resolve();
  #lastAsked = 0;
  #asking = 0;
  #frame = 0;
  #signature = "";
  #chosen = new Set(); // codes of the legend that are pressed
  #selected = null; // {token, rows, has: Uint8Array, keys, isOfPage} or null
  #adopted = null; // version of the page's selection that was taken over last
  #hovered = -1;
  #pointed = -1; // the row of what is under the mouse in a linked map
  #outline = null;
  #focused = null;
  #moved = false; // whether the view is another than all the points at home

  constructor(root) {
    this.root = root;
    const part = (name) => root.querySelector(`.ev-${name}`);
    [this.stage, this.plot, this.svg] = [part("stage"), part("plot"), part("overlay")];
    [this.tools, this.chip, this.tip] = [part("tools"), part("chip"), part("tip")];
    [this.note, this.legend, this.status] = [part("note"), part("legend"), part("status")];
    const send = (event, value) => this.component.setTriggerValue(event, value);
    this.layers = LAYERS.map((make) => make({ stage: this.stage, send }));
    this.pointer = new Pointer(this.stage, this.plot, {
      mode: () => this.mode,
      hover: (x, y) => this.#hover(this.#rowAt(x, y)),
      leave: () => this.#hover(-1),
      click: (x, y) => this.#click(this.#rowAt(x, y)),
      doubleClick: (x, y) => this.#rowAt(x, y) < 0 && this.#goHome(),
      draw: (outline) => this.#setOutline(outline),
      drawn: (outline) => this.#selectInside(outline),
    });
    this.pictures = new PictureLayer(part("pictures"), {
      isBusy: () => this.pointer.isDown,
      hovered: () => this.#hovered,
      redraw: () => (this.#signature = ""),
      send: (request) => {
        this.component.setTriggerValue("want", { ...request, pictures: this.pictures.version });
      },
    });
    this.stage.addEventListener("keydown", (event) => this.#key(event));
    this.resizing = new ResizeObserver(() => this.#resize());
    this.resizing.observe(this.stage);
    this.counts = { points: 0, look: 0 };
  }

  // One rerun after the other; a rerun that came while another was drawn replaces those waiting.
  update(component) {
    this.component = component;
    // At once: this rerun may be overtaken, and its pictures are sent only once.
    takePictures(component.data, () => this.pictures.refresh());
    this.#pending = this.#pending
      .then(() => component === this.component && this.#apply(component.data))
      .catch((error) => this.#fail(error));
    return this.#pending;
  }

  end() {
    this.#rememberView();
    tellLinked(this, null);
    leaveLink(this);
    for (const layer of this.layers) layer.end();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#asking);
    clearTimeout(this.telling);
    this.pointer.end();
    this.pictures.end();
    this.resizing.disconnect();
    this.ended = true;
    if (this.view) window.Plotly.purge(this.plot); // browsers allow few WebGL contexts
    if (window.__embedviz?.[this.data?.id] === this) delete window.__embedviz[this.data.id];
  }

  async #apply(data) {
    if (!hasWebGL()) return this.#say("This browser has no WebGL, which the map needs. The table has the same content.");
    const parts = takeParts(data);
    this.#ask(parts.missing);
    if (parts.missing.length || this.ended) return;
    this.Plotly = await loadPlotly();
    await parts.points.ready;
    if (this.ended) return;
    const before = { data: this.data, points: this.points, colors: this.colors };
    [this.data, this.points, this.colors, this.faded] = [data, parts.points, parts.colors, parts.faded];
    [this.sizes, this.chosen] = [parts.sizes, parts.chosen];
    joinLink(this, data.link);
    this.theme = themeOf(this.root);
    this.root.style.height = `${data.height}px`;
    if (!sameLegend(this.colors, before.colors)) this.#chosen.clear();
    this.#checkSelection();
    this.stage.setAttribute("aria-label", data.description || "Map of points");
    if (this.#drawn.points !== data.versions.points) await this.#drawPoints(before);
    else await this.#drawLook(before.data);
    if (this.ended) return;
    this.#say("");
    this.#drawLegend();
    this.#updatePictures();
    for (const layer of this.layers) layer.update(data, this.points, this.theme);
    this.#drawTools();
    await this.#focus(data.focus);
    this.#watch();
    this.#publish();
  }

  // A part that Python believed to be here is not (this tab is new to it, or it was forgotten).
  #ask(missing) {
    clearTimeout(this.#asking);
    if (!missing.length) return;
    const wait = Math.max(0, this.#lastAsked + ASK_AGAIN_MS - Date.now());
    this.#asking = setTimeout(() => {
      this.#lastAsked = Date.now();
      this.component.setTriggerValue("need", missing);
    }, wait);
  }

  // New points: everything is drawn. The view stays if it still makes sense.
  async #drawPoints({ data: old, points: oldPoints }) {
    const { data, points } = this;
    const View = data.dimensions === 3 ? SpaceView : FlatView;
    const before = this.view
      ? { keys: old.view_of, extents: oldPoints.extents, state: this.view.state(), mode: this.mode, moved: this.#moved }
      : leftViews.get(data.id);
    const fits = before && viewStillFits(before, { keys: data.view_of, extents: points.extents });
    if (before && "focused" in before) [this.#focused, this.pictures.isOn] = [before.focused, before.pictures];
    if (old?.dimensions !== data.dimensions) this.mode = data.dimensions === 3 ? "orbit" : "pan";
    if (fits && before.mode) this.mode = before.mode;
    const state = fits && before.moved ? before.state : View.home(points.extents);
    const layout = View.layoutWith(layoutOf(data, this.theme, this.mode), state);
    this.#hover(-1);
    this.#pointed = -1;
    await this.Plotly.react(this.plot, [traceOf(points, data, this.#look())], layout, CONFIG);
    if (!this.view) this.plot.on("plotly_relayout", (change) => this.#noteMove(change));
    this.view = new View(this.plot);
    this.#moved = Boolean(fits && before.moved);
    this.#drawn = { points: data.versions.points, look: this.#lookVersion() };
    this.titles = this.#titlesNow();
    this.counts.points += 1;
  }

  // The same points: colors, fading and theme by restyle, which keeps the view.
  async #drawLook(old) {
    const { data, plot } = this;
    const version = this.#lookVersion();
    if (version !== this.#drawn.look) {
      this.#drawn.look = version;
      this.counts.look += 1;
      if (this.points.n > SLOW_TO_DRAW) await pagePainted();
      if (this.ended) return;
      const look = { opacity: data.opacity, ...this.#look() };
      const change = {};
      for (const [name, value] of Object.entries(look)) change[`marker.${name}`] = [value];
      await this.Plotly.restyle(plot, change, [0]);
    }
    const titles = this.#titlesNow();
    if (old && titles !== this.titles) {
      const layout = layoutOf(data, this.theme, this.mode);
      await this.Plotly.relayout(plot, this.view.constructor.layoutWith(layout, this.view.state()));
    }
    this.titles = titles;
  }

  #titlesNow() {
    return JSON.stringify([this.data.axis_titles, this.theme.text, this.theme.quiet]);
  }

  #look() {
    const { data, points, colors, theme } = this;
    const pale = points.z ? (hex) => mixed(hex, theme.background) : transparent;
    const size = this.sizes ?? data.size;
    return { size, ...markerLook(points.n, colors, data.plain_color, this.#fading(), pale) };
  }

  // A function of the row, or null if nothing is faded.
  #fading() {
    const { codes } = this.colors ?? {};
    const [faded, chosen, selected] = [this.faded, new Set(this.#chosen), this.#selected?.has];
    if (!faded && !chosen.size && !selected) return null;
    return (row) =>
      Boolean(faded?.[row]) || (chosen.size > 0 && !chosen.has(codes[row])) || Boolean(selected && !selected[row]);
  }

  #updatePictures() {
    const { codes, palette } = this.colors ?? {};
    const colorOf = (row) => (codes ? palette[codes[row]] : null);
    const look = { colorOf, isFaded: this.#fading(), version: this.#lookVersion() };
    this.pictures.update(this.data, this.points, this.theme, look);
  }

  #lookVersion() {
    const { versions, size, opacity } = this.data;
    const shown = [...this.#chosen].sort().join();
    const behind = this.points.z ? this.theme.background : "";
    return [behind, versions.colors, versions.faded, versions.sizes, size, opacity, shown, this.#selected?.token].join("|");
  }

  #redrawLook() {
    this.#pending = this.#pending
      .then(() => !this.ended && this.#drawLook(this.data))
      .catch((error) => this.#fail(error));
    this.#drawLegend();
    this.#updatePictures();
    this.#signature = "";
  }

  #drawLegend() {
    drawLegend(this.legend, this.colors, this.#chosen, (code) => {
      if (!this.#chosen.delete(code)) this.#chosen.add(code);
      this.#redrawLook();
    });
  }

  #drawTools() {
    this.stage.dataset.mode = this.mode;
    const shown = this.pictures.album ? this.pictures.isOn : null;
    const state = [this.data.dimensions, this.mode, shown].join();
    if (state === this.tools.dataset.state) return; // a button keeps its keyboard focus
    this.tools.dataset.state = state;
    drawTools(this.tools, this.data.dimensions, this.mode, shown, (tool) => this.#useTool(tool));
  }

  #useTool(tool) {
    if (tool === "home") return this.#goHome();
    if (tool === "picture") return this.#downloadPng().catch((error) => this.#fail(error));
    if (tool === "vector") return this.#downloadSvg().catch((error) => this.#fail(error));
    if (tool === "pictures") {
      this.pictures.toggle();
      return this.#drawTools();
    }
    this.mode = tool;
    this.#drawTools();
    return this.Plotly.relayout(this.plot, { [this.points.z ? "scene.dragmode" : "dragmode"]: PLOTLY_DRAG[tool] });
  }

  // What a download shows: the stage without what only answers the mouse.
  #stageNow() {
    this.#hover(-1);
    this.#drawOverlay();
    const { Plotly, plot, view, points, data, theme, svg } = this;
    return { Plotly, plot, view, points, data, theme, svg, canvases: { under: this.layers, over: [this.pictures] } };
  }

  async #downloadPng() {
    offerFile(await pngOf(this.#stageNow()), `${this.data.file_name}.png`);
  }

  async #downloadSvg() {
    const { text, isDrawn } = await vectorOf(this.#stageNow());
    offerText(text, "image/svg+xml", `${this.data.file_name}.svg`);
    const most = MOST_CIRCLES.toLocaleString("en");
    if (!isDrawn) this.#tell(`More than ${most} points are in view: in this SVG they are one image. Zoom in for drawn circles.`);
  }

  async #goHome() {
    const { constructor: View } = this.view;
    await this.Plotly.relayout(this.plot, View.change(View.home(this.points.extents)));
    this.#moved = false;
  }

  #noteMove(change) {
    this.#moved ||= Object.keys(change).some((name) => /range|camera/.test(name));
  }

  // A new focus moves the view once; after that the person moves it.
  async #focus(focus) {
    if (!focus || focus.version === this.#focused) {
      if (!focus) this.#focused = null;
      return;
    }
    this.#focused = focus.version;
    const state = this.view.focused(focus.at, this.data.marks, this.points.extents);
    await this.Plotly.relayout(this.plot, this.view.constructor.change(state));
  }

  // Plotly has no one event for every movement of the view, so look at it once per frame; this
  // compares some numbers, and draws only when they changed.
  #watch() {
    cancelAnimationFrame(this.#frame);
    this.#signature = "";
    const step = () => {
      if (this.ended) return;
      this.#frame = requestAnimationFrame(step);
      if (!this.stage.clientWidth) return; // on a hidden tab
      const signature = this.view.signature();
      if (signature === this.#signature) return;
      this.#signature = signature;
      for (const layer of this.layers) layer.draw(this.view);
      this.pictures.draw(this.view);
      if (this.pictures.isAppearing) this.#signature = "";
      this.#drawOverlay();
      this.root.dataset.pictures = this.drawnPictures().length;
    };
    step();
  }

  #drawOverlay() {
    drawOverlay(this.svg, {
      width: this.plot.clientWidth,
      height: this.plot.clientHeight,
      project: this.view.projector(),
      marks: this.data.marks,
      lines: this.data.lines,
      hovered: this.#hovered >= 0 ? this.#placeOf(this.#hovered) : null,
      hoveredBox: this.pictures.boxOf(this.#hovered),
      pointed: this.#pointedNow(),
      pictures: this.pictures.boxes().map((box) => ({ pixel: box, box })),
      boxOfMark: (i) => this.pictures.boxOfMark(i),
      outline: this.#outline,
      theme: this.theme,
    });
    this.#drawTip();
  }

  #pointedNow() {
    const row = this.#pointed;
    if (row < 0) return null;
    return { at: this.#placeOf(row), box: this.pictures.boxOf(row), label: this.points.key(row) };
  }

  #placeOf(row) {
    const { x, y, z } = this.points;
    return z ? [x[row], y[row], z[row]] : [x[row], y[row]];
  }

  #drawTip() {
    const row = this.#hovered;
    if (row < 0) return drawTip(this.tip, this.stage, null);
    const pixel = placer(this.view.projector())(this.#placeOf(row));
    const box = this.pictures.boxOf(row);
    const reach = [box?.width ?? 0, box?.height ?? 0].map((side) => side / 2 + 14);
    drawTip(this.tip, this.stage, pixel, reach, this.points.key(row), this.points.hover(row), this.pictures.imageOf(row));
  }

  #rowAt(x, y) {
    if (!this.view) return -1;
    const pictured = this.pictures.rowAt(x, y);
    return pictured >= 0 ? pictured : nearestRow(this.view.projector(), this.points, x, y, this.sizes);
  }

  #hover(row) {
    if (row === this.#hovered) return;
    this.#hovered = row;
    this.stage.dataset.over = row >= 0 ? "point" : "";
    this.pictures.hover(row);
    tellLinked(this, row >= 0 ? this.points.key(row) : null);
    this.#signature = ""; // draw the ring in the next frame
  }

  // A linked map has this key under the mouse; null: nothing.
  pointOut(key) {
    this.#pointed = key === null || !this.points ? -1 : rowOfKey(this.points, key);
    this.#signature = "";
  }

  #click(row) {
    if (row < 0) return;
    this.component.setTriggerValue("clicked", { row, keys: this.data.keys });
  }

  #setOutline(outline) {
    this.#outline = outline;
    this.#signature = "";
  }

  #selectInside(outline) {
    const rows = rowsInside(this.view.projector(), this.points, outline);
    // Of very many points only some are drawn one by one: Python finds all that are inside.
    const line = this.data.whole ? { outline: numbersText(this.view.coordinatesOf(outline)) } : {};
    if (rows.length) this.#select(rows, line);
    else this.#clearSelection(line);
  }

  #select(rows, line) {
    const { id, keys, select } = this.data;
    this.#selected = this.#selection(`${Date.now().toString(36)}-${rows.length}`, rows);
    const { token } = this.#selected;
    selections.set(id, this.#selected); // Python holds one per map; older ones can never come back
    if (selections.size > MOST_LEFT_VIEWS) selections.delete(selections.keys().next().value);
    const after = select?.version ?? null;
    this.component.setStateValue("selected", { token, keys, after, ...rowsMessage(rows, this.points.n), ...line });
    this.#showSelection();
  }

  #selection(token, rows) {
    const has = new Uint8Array(this.points.n);
    for (const row of rows) has[row] = 1;
    return { token, rows, has, keys: this.data.keys, isOfPage: false };
  }

  #clearSelection(line = {}) {
    if (!this.#selected && !line.outline) return;
    this.#selected = null;
    this.#tellCleared(line);
    this.#showSelection();
  }

  // Where the page sets selections it must know which of them was cleared.
  #tellCleared(line = {}) {
    const { keys, select } = this.data;
    const cleared = select || line.outline ? { token: null, keys, after: select?.version ?? null, rows: "", ...line } : null;
    this.component.setStateValue("selected", cleared);
  }

  // Drawing many points holds the whole page up: what the page says of the selection comes first.
  #showSelection() {
    this.#drawChip();
    setTimeout(() => this.ended || this.#redrawLook(), this.points.n > SLOW_TO_DRAW ? ANSWER_MS : 0);
  }

  // What Python holds as selected and what is shown here must be the same selection.
  #checkSelection() {
    const { id, selection, select, keys } = this.data;
    const isNew = select && select.version !== this.#adopted;
    this.#adopted = select?.version ?? null;
    if (select && !select.replaced) return isNew && this.#adopt(this.chosen ?? new Uint32Array(0));
    const mine = this.#selected;
    if (mine && mine.keys === keys && !(mine.isOfPage && !select)) return; // set here; Python follows
    const known = selections.get(id);
    this.#selected = known && known.token === selection && known.keys === keys ? known : null;
    if (selection && !this.#selected) this.#tellCleared();
    this.#drawChip();
  }

  // The page's selection is now the one shown; nothing is sent back.
  #adopt(rows) {
    const mine = this.#selected;
    if (!mine || mine.keys !== this.data.keys || !sameRows(mine.rows, rows)) {
      const taken = this.#selection(`page-${this.data.versions.chosen}`, rows);
      this.#selected = rows.length ? { ...taken, isOfPage: true } : null;
    }
    this.#drawChip();
  }

  #drawChip() {
    const drawn = this.#selected?.rows.length;
    const count = (this.#selected?.isOfPage && this.data.selected_of_all) || drawn;
    if (!drawn) return this.chip.replaceChildren();
    const button = withText("button", "", `${count.toLocaleString("en")} selected ✕`);
    button.type = "button";
    button.title = "Clear the selection (Escape)";
    button.addEventListener("click", () => this.#clearSelection());
    this.chip.replaceChildren(button);
  }

  #key(event) {
    if (event.key === "Escape") {
      this.pointer.cancel();
      this.#hover(-1);
      return this.#clearSelection();
    }
    // Keys of the browser, and of the buttons on the stage, stay theirs.
    if (!this.view || event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const state = viewAfterKey(this.view, this.mode, event.key);
    if (!state && event.key !== "Home") return;
    event.preventDefault(); // the page would scroll
    if (!state) return this.#goHome();
    this.Plotly.relayout(this.plot, this.view.constructor.change(state));
  }

  #resize() {
    if (this.view && this.stage.clientWidth) this.Plotly.Plots.resize(this.plot);
  }

  #rememberView() {
    if (!this.view) return;
    leftViews.delete(this.data.id);
    leftViews.set(this.data.id, {
      keys: this.data.view_of,
      extents: this.points.extents,
      state: this.view.state(),
      mode: this.mode,
      moved: this.#moved,
      focused: this.#focused,
      pictures: this.pictures.isOn,
    });
    if (leftViews.size > MOST_LEFT_VIEWS) leftViews.delete(leftViews.keys().next().value);
  }

  #say(text) {
    this.note.hidden = !text;
    this.note.textContent = text;
  }

  // For some seconds, beside the map rather than in its place.
  #tell(text) {
    this.status.textContent = text;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => (this.status.textContent = ""), TOLD_MS);
  }

  #fail(error) {
    console.error("embedviz map:", error);
    this.#say(`The map cannot be drawn here: ${error.message}. The table has the same content.`);
  }

  // For tests only: window.__embedviz[key] tells where a row is drawn and what was drawn how often.
  #publish() {
    (window.__embedviz ??= {})[this.data.id] = this;
    this.root.dataset.ready = [this.data.versions.points, this.data.versions.colors, this.data.marks.length].join("|");
  }

  drawnPictures() {
    return this.pictures.drawn();
  }

  idle() {
    return this.#pending;
  }

  pixelOf(row) {
    const pixel = placer(this.view.projector())(this.#placeOf(row));
    const frame = this.plot.getBoundingClientRect();
    return [frame.left + pixel.x, frame.top + pixel.y];
  }
}
