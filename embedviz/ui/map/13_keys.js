// The keyboard on the stage: arrows move the map or turn the cloud, + and − zoom.

const STEP = 0.1; // of what is seen
const TURN = Math.PI / 18;
const NEARER = 0.8;

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ZOOMS = { "+": NEARER, "=": NEARER, "-": 1 / NEARER, _: 1 / NEARER, "−": 1 / NEARER };

// The view after `key`, or null if the key means nothing here.
function viewAfterKey(view, mode, key) {
  if (ZOOMS[key]) return view.zoomed(ZOOMS[key]);
  if (!ARROWS[key]) return null;
  const [right, up] = ARROWS[key];
  return mode === "orbit" ? view.turned(right * TURN, up * TURN) : view.panned(right * STEP, up * STEP);
}
