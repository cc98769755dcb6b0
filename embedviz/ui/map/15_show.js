// The door to Streamlit, and what the map must know of the browser and the page around it.

const instances = new WeakMap(); // by the element that Streamlit gives us

function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => style.getPropertyValue(`--st-${name}`).trim() || fallback;
  return {
    text: read("text-color", "#1c2430"),
    background: read("background-color", "#ffffff"),
    accent: read("primary-color", "#2f5fd0"),
    warning: isDark(read("background-color", "#ffffff")) ? "#ffa94d" : "#c2410c", // as in plots/themes.py
    quiet: read("border-color", "#d9dee8"),
    font: read("font", "sans-serif").replaceAll('"', "'"),
  };
}

// Any opaque CSS color as #rrggbb.
function hexOf(color) {
  measuring.fillStyle = color;
  return measuring.fillStyle;
}

function isDark(color) {
  const [r, g, b] = channels(hexOf(color));
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}

let webGL;

function hasWebGL() {
  webGL ??= Boolean(document.createElement("canvas").getContext("webgl"));
  return webGL;
}

function addStyle() {
  if (document.getElementById("embedviz-map-style")) return;
  const style = document.createElement("style");
  style.id = "embedviz-map-style";
  style.textContent = STYLE;
  document.head.append(style);
}

// What Streamlit sends after the map in the same rerun has arrived and is painted, most likely.
function pagePainted() {
  return new Promise((done) => {
    setTimeout(done, 300); // a hidden tab paints nothing
    requestAnimationFrame(() => setTimeout(done, 100));
  });
}

// Called by Streamlit at every rerun with {data, parentElement, setStateValue, setTriggerValue}.
export default function show(component) {
  const root = component.parentElement.querySelector(".ev-map");
  let map = instances.get(root);
  if (!map) {
    addStyle();
    root.innerHTML = MARKUP; // ours, without data
    map = new EmbedvizMap(root);
    instances.set(root, map);
  }
  map.update(component);
  // Streamlit also calls this when a rerun overtakes another, with the map still on the page.
  return () => setTimeout(() => root.isConnected || map.end());
}
