// Plotly draws the points, the axes and the view on them, and nothing else: hover, picking,
// selection, marks and legend are ours, and the same in 2-D and 3-D.

let plotlyReady;

function loadPlotly() {
  plotlyReady ??= new Promise((resolve, reject) => {
    if (window.Plotly) return resolve(window.Plotly);
    const script = document.createElement("script");
    script.src = new URL("plotly.min.js", import.meta.url); // beside this module
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotlyReady = undefined; // the next map tries again
      reject(new Error("plotly.min.js did not load"));
    };
    document.head.appendChild(script);
  });
  return plotlyReady;
}

const CONFIG = {
  displayModeBar: false,
  scrollZoom: true,
  doubleClick: false, // our own reset knows the home view of the newest points
  showTips: false,
};

const FADED_ALPHA = 0.13;
const PALE_SHARE = 0.25;

// `look`: the marker's size and colors.
function traceOf(points, data, look) {
  return {
    type: points.z ? "scatter3d" : "scattergl",
    mode: "markers",
    x: points.x,
    y: points.y,
    ...(points.z && { z: points.z }),
    hoverinfo: "skip",
    marker: { opacity: data.opacity, line: { width: 0 }, ...look },
  };
}

// The color of every point: its code, moved to the faded half of the scale where `isFaded` says so.
// `pale(hex)` gives the color of a faded point.
function markerLook(n, colors, plainColor, isFaded, pale) {
  const palette = colors ? colors.palette : [plainColor];
  const shown = colors ? Float32Array.from(colors.codes) : new Float32Array(n);
  if (!isFaded) return { color: shown, ...scaleOf(palette) };
  for (let row = 0; row < n; row++) if (isFaded(row)) shown[row] += palette.length;
  return { color: shown, ...scaleOf([...palette, ...palette.map(pale)]) };
}

function scaleOf(colors) {
  const steps = colors.length > 1 ? colors : [colors[0], colors[0]];
  const top = steps.length - 1;
  return { colorscale: steps.map((color, i) => [i / top, color]), cmin: 0, cmax: top };
}

function transparent(hex) {
  return `rgba(${channels(hex).join()},${FADED_ALPHA})`;
}

// In 3-D Plotly draws what lies behind a transparent point wrongly: there a faded point is opaque.
function mixed(hex, background) {
  const below = channels(hexOf(background));
  const mix = channels(hex).map((value, i) => Math.round(below[i] + PALE_SHARE * (value - below[i])));
  return `rgb(${mix.join()})`;
}

function channels(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

function layoutOf(data, theme, mode) {
  const base = {
    autosize: true,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: theme.text, family: theme.font, size: 13 },
    showlegend: false,
    hovermode: false,
    dragmode: PLOTLY_DRAG[mode],
  };
  const titles = data.axis_titles.length ? data.axis_titles : Array(data.dimensions).fill("");
  const axes = titles.map((title) => axisOf(title, theme));
  if (data.dimensions === 3) return { ...base, scene: { ...sceneOf(axes, titles, theme), dragmode: PLOTLY_DRAG[mode] } };
  const [x, y] = axes;
  const titled = data.axis_titles.length ? { l: 34, r: 8, t: 8, b: 34 } : base.margin;
  return { ...base, margin: titled, xaxis: x, yaxis: { ...y, scaleanchor: "x" } };
}

function axisOf(title, theme) {
  return {
    title: { text: plainText(title), standoff: 6, font: { size: 13, color: theme.text } },
    showticklabels: false,
    ticks: "",
    // Distances on a t-SNE or UMAP axis mean nothing, so neither grid nor numbers suggest them.
    showgrid: Boolean(title),
    gridcolor: theme.quiet,
    zeroline: Boolean(title),
    zerolinecolor: theme.quiet,
    fixedrange: false,
  };
}

function sceneOf(axes, titles, theme) {
  const [xaxis, yaxis, zaxis] = axes.map((axis, i) => ({
    ...axis,
    // Plotly's 3-D text knows tags but no entities: a lookalike is the only safe "<" there.
    title: { text: titles[i].replaceAll("<", "‹").replaceAll(">", "›"), font: axis.title.font },
    showgrid: true,
    zeroline: false,
    showspikes: false,
    showbackground: false,
    showline: true,
    linecolor: theme.quiet,
  }));
  return { xaxis, yaxis, zaxis, aspectmode: "data", bgcolor: "rgba(0,0,0,0)", hovermode: false };
}

// Plotly reads a little HTML in its titles: what comes from data must stay text.
function plainText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
