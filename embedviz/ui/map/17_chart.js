// Charts that are not maps: a figure of Python's, changed in place where Streamlit's own chart would
// be taken down and built anew, which takes several times as long and flickers.

const charts = new WeakMap(); // by the element that Streamlit gives us

class Chart {
  #data = null;
  #theme = null;
  #look = ""; // the theme and the size of type
  #wanted = ""; // all that decides what is drawn
  #pending = Promise.resolve();
  #stage = null; // of the player that it follows, if it follows one

  constructor(root) {
    this.root = root;
    this.resizing = new ResizeObserver(() => this.#resize());
    this.resizing.observe(root);
    this.clicked = null; // tells Python which mark was clicked, where it asks
  }

  update(data) {
    this.#theme = themeOf(this.root);
    this.#look = JSON.stringify([this.#theme, data.font_size]);
    this.#data = data;
    this.root.style.height = `${data.height}px`;
    this.root.setAttribute("aria-label", data.alt);
    this.#follow(data.play);
    this.#refresh();
  }

  end() {
    this.resizing.disconnect();
    this.#stage?.leave(this);
    if (window.Plotly) window.Plotly.purge(this.root);
  }

  #follow(play) {
    if (this.#stage?.name !== play?.name) {
      this.#stage?.leave(this);
      this.#stage = play ? Stage.of(play.name) : null;
      this.#stage?.join(this, () => this.#refresh());
    }
    this.#stage?.heard(play);
  }

  // A figure that came while another was drawn replaces those waiting.
  #refresh() {
    const frame = this.#stage ? this.#stage.frameOf(this.#data.play.chart) : null;
    const wanted = `${this.#look}${frame}${this.#data.figure}`;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    const draw = () => wanted === this.#wanted && this.#draw(frame);
    this.#pending = this.#pending.then(draw, draw); // one that could not be drawn stops no other
  }

  async #draw(frame) {
    const Plotly = await loadPlotly();
    const data = this.#data;
    const drawn = JSON.parse(data.figure);
    const course = frame === null ? [] : this.#stage.courses[data.play.chart] ?? [];
    const { data: traces, layout } = course.length ? figureAt(drawn, course, frame) : drawn;
    const config = { displayModeBar: false, scrollZoom: false, showTips: false };
    await Plotly.react(this.root, traces, chartLayout(layout, data, this.#theme), config);
    this.#listen(data.clickable);
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn ?? 0) + 1);
  }

  #listen(clickable) {
    this.root.style.cursor = clickable ? "pointer" : "";
    if (this.listening) return;
    this.listening = true;
    this.root.on("plotly_click", ({ points: [point] }) => this.clicked?.({ x: point.x, y: point.y }));
  }

  #resize() {
    const width = Math.round(this.root.clientWidth);
    if (width && this.root._fullLayout && width !== this.root._fullLayout.width) {
      window.Plotly.relayout(this.root, { width });
    }
  }
}

function chartLayout(layout, data, theme) {
  const axis = {
    gridcolor: theme.quiet,
    zerolinecolor: theme.quiet,
    linecolor: theme.quiet,
    automargin: true,
    title: { standoff: data.font_size }, // as far from the numbers as a letter is high
  };
  const scene = { gridcolor: theme.quiet, zerolinecolor: theme.quiet, backgroundcolor: "rgba(0,0,0,0)" };
  const shared = {
    font: { color: theme.text, family: theme.font, size: data.font_size },
    annotationdefaults: { font: { color: theme.text, size: data.font_size } },
    hoverlabel: { bgcolor: theme.background, bordercolor: theme.quiet, font: { color: theme.text } },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    colorway: data.colorway,
    title: {
      font: { size: data.font_size + 1 }, x: 0, xanchor: "left", y: 1, yanchor: "top", pad: { t: 2, l: 2 },
    },
    margin: { l: 8, r: 8, t: 28, b: 8 },
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: scene, yaxis: scene, zaxis: scene },
  };
  return { dragmode: false, ...layout, height: data.height, autosize: true, template: { layout: shared } };
}

// Called by Streamlit at every rerun.
export function showChart(component) {
  const root = component.parentElement.querySelector(".ev-chart");
  const chart = charts.get(root) ?? new Chart(root);
  charts.set(root, chart);
  chart.clicked = component.data.clickable ? (place) => component.setTriggerValue("clicked", place) : null;
  chart.update(component.data);
  return () => setTimeout(() => root.isConnected || chart.end());
}
