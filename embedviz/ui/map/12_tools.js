// The small toolbar. Icons are drawn here: an icon font would have to come from somewhere.

const ICONS = {
  pan: "M8 1v14M1 8h14M8 1 6 3M8 1l2 2M8 15l-2-2M8 15l2-2M1 8l2-2M1 8l2 2M15 8l-2-2M15 8l-2 2",
  zoom: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14M7 5v4M5 7h4",
  box: "M2.5 2.5h3M7 2.5h2M10.5 2.5h3v3M13.5 7v2M13.5 10.5v3h-3M9 13.5H7M5.5 13.5h-3v-3M2.5 9V7M2.5 5.5v-3",
  lasso: "M8 2.5c3.6 0 6 1.5 6 3.9s-2.400 4.100-6 4.100S2 8.800 2 6.400 4.400 2.500 8 2.500zM4.500 9.800c-1.600 1-.8 3 .8 2.400s.4-2.400-.8-2.400M5.600 12.400c.6 1 .2 1.800-.8 2.300",
  orbit: "M14 8a6 6 0 1 1-2.200-4.600M12 .8v2.800H9.200M8 5.200l2.500 1.400v2.800L8 10.800 5.500 9.400V6.600z",
  home: "M2 8l6-5.500L14 8M3.800 6.800v6.700h8.400V6.800M6.700 13.500V9.800h2.600v3.700",
  pictures: "M2 3.200h12v9.600H2zM2 11l3.600-3.600 2.800 2.800 2-2L14 11.600M10.600 5.900h.1",
  picture: "M8 2v8M8 10 5 7M8 10l3-3M2.500 11v2.500h11V11",
  vector: "M3 10.500C3 4 13 4 13 10.500M1.800 10.500h2.400v2.400H1.800zM11.800 10.500h2.400v2.400h-2.400zM6.800 4.400h2.400v2.400H6.800zM2 5.600h4.800M9.200 5.600H14",
};

const TOOLS = {
  2: [
    ["pan", "Move the map by dragging or with the arrow keys (scroll, + and − zoom)"],
    ["zoom", "Zoom into a box"],
    null,
    ["box", "Select the points in a box"],
    ["lasso", "Select the points inside a line drawn around them"],
    null,
    ["home", "Show everything (Home key)"],
    ["picture", "Download as PNG"],
    ["vector", "Download as SVG"],
  ],
  3: [
    ["orbit", "Turn by dragging or with the arrow keys (scroll, + and − zoom)"],
    ["pan3", "Move by dragging or with the arrow keys"],
    null,
    ["home", "Show everything (Home key)"],
    ["picture", "Download as PNG"],
    ["vector", "Download as SVG"],
  ],
};

const MODES = new Set(["pan", "zoom", "box", "lasso", "orbit", "pan3"]);

const PICTURES = ["pictures", "Pictures or dots"];

// `pictures`: whether they are shown, or null where there are none.
function drawTools(element, dimensions, mode, pictures, onTool) {
  const tools = pictures === null ? TOOLS[dimensions] : [PICTURES, null, ...TOOLS[dimensions]];
  element.replaceChildren(...tools.map((tool) => {
    if (!tool) return withText("span", "ev-gap", "");
    const [name, help] = tool;
    const button = document.createElement("button");
    button.type = "button";
    button.title = help;
    button.dataset.tool = name;
    button.setAttribute("aria-label", help);
    if (name === "pictures") button.setAttribute("aria-pressed", pictures);
    if (MODES.has(name)) button.setAttribute("aria-pressed", name === mode);
    const icon = shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
    icon.append(shape("path", { d: ICONS[name === "pan3" ? "pan" : name] }));
    button.append(icon);
    button.addEventListener("click", () => onTool(name));
    return button;
  }));
}

// `reach`: how far the point goes to each side, [across, along]; `image` may be null.
function drawTip(tip, stage, pixel, reach, title, more, image) {
  tip.hidden = !pixel;
  if (!pixel) return;
  // textContent, not innerHTML: a word may be "<img src=x onerror=…>".
  tip.replaceChildren(
    ...(image ? [canvasOf(image)] : []),
    withText("strong", "", title),
    ...(more ? [withText("span", "", more)] : []),
  );
  const { offsetWidth: width, offsetHeight: height } = tip;
  const [across, along] = reach;
  const right = pixel.x + across + width < stage.clientWidth;
  const below = pixel.y + along + height < stage.clientHeight;
  tip.style.left = `${Math.max(4, right ? pixel.x + across : pixel.x - across - width)}px`;
  tip.style.top = `${Math.max(4, below ? pixel.y + along : pixel.y - along - height)}px`;
}

const TIP_PICTURE = 96;

function canvasOf(image) {
  const canvas = document.createElement("canvas");
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const share = TIP_PICTURE / Math.max(width, height);
  [canvas.width, canvas.height] = [width, height];
  Object.assign(canvas.style, { width: `${width * share}px`, height: `${height * share}px` });
  if (share > TIP_PICTURE / PIXELATED) canvas.style.imageRendering = "pixelated";
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}
