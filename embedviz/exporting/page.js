"use strict";
// The map of an exported page. It asks nothing of the network; the page's policy would refuse.
(() => {
  const LISTED = 200; // hits in the list; all are ringed on the map
  const by = (id) => document.getElementById(id);
  const { data, layout } = JSON.parse(by("figure").textContent);
  const map = by("map"), box = by("find"), hits = by("hits"), count = by("count");

  // The texts are escaped for Plotly; the list shows them as text.
  const signs = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&amp;": "&" };
  const bare = (text) =>
    text.replaceAll("<br>", "\n").replace(/&(?:lt|gt|quot|#x27|amp);/g, (sign) => signs[sign]);
  const points = data[0];
  const names = (points.text || []).map(bare);
  const details = Array.isArray(points.customdata) ? points.customdata.map(bare) : [];
  const sought = names.map((name, i) => `${name}\n${details[i] || ""}`.toLocaleLowerCase());

  const ringed = {
    type: points.type, mode: "markers", x: [], y: [], hoverinfo: "skip", showlegend: false,
    marker: {
      symbol: "circle-open", size: 14, color: layout.font.color,
      line: { width: 2, color: layout.font.color },
    },
  };
  if (points.type === "scatter3d") ringed.z = [];
  const rings = data.push(ringed) - 1;
  const one = structuredClone(ringed);
  Object.assign(one, { mode: "markers+text", text: [], textposition: "top center" });
  Object.assign(one.marker, { size: 20, color: getComputedStyle(map).getPropertyValue("--accent") });
  one.marker.line = { width: 3, color: one.marker.color };
  const chosen = data.push(one) - 1;
  const config = {
    responsive: true, scrollZoom: true, displaylogo: false, showSendToCloud: false,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "sendDataToCloud", "toImage"],
  };
  layout.autosize = true;

  const place = (axis, row) => map._fullData[0][axis][row];
  const axes = points.type === "scatter3d" ? ["x", "y", "z"] : ["x", "y"];

  function found() {
    const words = box.value.trim().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return null;
    const rows = [];
    sought.forEach((text, row) => {
      if (words.every((word) => text.includes(word))) rows.push(row);
    });
    return rows;
  }

  function show() {
    const rows = found();
    count.textContent = rows ? `${rows.length.toLocaleString("en")} found` : "";
    hits.hidden = !rows || !rows.length;
    hits.replaceChildren(...(rows || []).slice(0, LISTED).map(entry));
    const places = {};
    for (const axis of axes) places[axis] = [(rows || []).map((row) => place(axis, row))];
    Plotly.restyle(map, places, [rings])
      .then(() => Plotly.restyle(map, Object.fromEntries(axes.map((a) => [a, [[]]])), [chosen]))
      .then(fit);
  }

  function entry(row) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.textContent = names[row];
    button.title = details[row] || "";
    button.addEventListener("click", () => go(row));
    item.append(button);
    return item;
  }

  // Center on the point, and say what it is.
  function go(row) {
    const said = { text: [[names[row].length <= 60 ? points.text[row] : ""]] };
    for (const axis of axes) said[axis] = [[place(axis, row)]];
    const around = {};
    for (const axis of axes.length === 2 ? axes : []) {
      const [low, high] = map._fullLayout[`${axis}axis`].range;
      const half = (high - low) / 2, center = place(axis, row);
      around[`${axis}axis.range`] = [center - half, center + half];
    }
    Plotly.update(map, said, around, [chosen]);
  }

  const fit = () => Plotly.Plots.resize(map);
  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  Plotly.newPlot(map, data, layout, config).then(() => {
    document.body.dataset.ready = "yes";
  });
})();
