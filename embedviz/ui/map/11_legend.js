// What the colors mean, below the map. A category is a button: pressed ones stay, others fade.

function drawLegend(element, colors, chosen, onChoose) {
  const legend = colors?.legend;
  if (!legend) return element.replaceChildren();
  const children = legend.ticks.length
    ? scaleParts(colors)
    : legend.categories.map((entry) => categoryButton(entry, colors.palette, chosen, onChoose));
  element.dataset.some = chosen.size > 0;
  element.replaceChildren(titleOf(legend.title), ...children);
}

function titleOf(title) {
  return withText("span", "ev-title", title);
}

function categoryButton({ label, code, count }, palette, chosen, onChoose) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-pressed", chosen.has(code));
  button.title = `${label} (${count.toLocaleString("en")}): show only this, fade the others`;
  const swatch = withText("span", "ev-swatch", "");
  swatch.style.background = palette[code];
  button.append(
    swatch,
    withText("span", "ev-label", label),
    withText("span", "ev-count", count.toLocaleString("en")),
  );
  button.addEventListener("click", () => onChoose(code));
  return button;
}

function scaleParts({ palette, legend }) {
  const scale = withText("span", "ev-scale", "");
  const bar = withText("div", "ev-bar", "");
  const colors = palette.slice(0, -1).filter((_, i) => i % 16 === 0 || i === palette.length - 2);
  bar.style.background = `linear-gradient(to right, ${colors.join(", ")})`;
  scale.append(bar, ...legend.ticks.map(tickOf));
  if (!legend.missing) return [scale];
  const swatch = withText("span", "ev-swatch", "");
  swatch.style.background = palette.at(-1);
  const note = withText("span", "ev-count ev-note-text", `${legend.missing.toLocaleString("en")} without a value`);
  return [scale, swatch, note];
}

function tickOf({ position, label }) {
  const tick = withText("span", "ev-tick", label);
  tick.style.left = `${100 * position}%`;
  return tick;
}

function withText(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

// Other points in the same colors keep what is pressed.
function sameLegend(colors, before) {
  return colors === before || JSON.stringify(colors?.legend) === JSON.stringify(before?.legend);
}
