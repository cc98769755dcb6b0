// The logic of the lessons' player, without a page: run by tests/core/test_javascript.py.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const source = new URL("../../embedviz/ui/map/18_playback.js", import.meta.url);
const module = "data:text/javascript," + encodeURIComponent(await readFile(source, "utf8"));
const { Playback, figureAt } = await import(module);

function playback(steps = [0, 1, 2, 4, 8]) {
  const told = [];
  const made = new Playback((step) => told.push(step));
  made.setSteps(steps);
  made.heard(0);
  return { made, told };
}

test("at rest the picture is the server's own", () => {
  const { made, told } = playback();
  assert.equal(made.frame, null);
  assert.deepEqual(told, []);
});

test("it plays to its end by the clock and tells the server once", () => {
  const { made, told } = playback();
  const steps = [];
  made.play(1000);
  for (let now = 1000; made.playing && now < 10_000; now += 25) {
    made.tick(now);
    steps.push(made.position);
  }
  assert.deepEqual([...new Set(steps)], [0, 1, 2, 4, 8]);
  assert.equal(made.playing, false);
  assert.deepEqual(told, [8]);
});

test("a slow machine leaves frames out and ends as soon", () => {
  const { made, told } = playback();
  made.play(0);
  made.tick(60_000);
  assert.deepEqual([made.position, made.playing, told], [8, false, [8]]);
});

test("a pause tells where it is, and playing goes on from there", () => {
  const { made, told } = playback();
  made.play(0);
  made.tick(260);
  made.pause();
  assert.deepEqual(told, [2]);
  assert.equal(made.frame, 2); // until the server has drawn it
  made.heard(2);
  assert.equal(made.frame, null);
  made.play(5000);
  made.tick(5000 + 130);
  assert.equal(made.position, 4);
});

test("at the end it begins anew", () => {
  const { made } = playback();
  made.heard(8);
  made.play(0);
  assert.equal(made.position, 0);
});

test("while it plays a rerun for another reason stops nothing", () => {
  const { made, told } = playback();
  made.play(0);
  made.tick(130);
  made.heard(0);
  assert.deepEqual([made.playing, made.position, told], [true, 1, []]);
});

test("a late answer does not pull it back", () => {
  const { made, told } = playback();
  made.drop(1);
  made.drop(2);
  made.play(0);
  made.heard(1);
  made.heard(2);
  assert.deepEqual([made.playing, made.position, told], [true, 2, [1, 2]]);
});

test("a step chosen elsewhere is shown at once and stops it", () => {
  const { made, told } = playback();
  made.play(0);
  made.tick(130);
  made.heard(8);
  assert.deepEqual([made.playing, made.position, made.frame, told], [false, 8, null, []]);
});

test("while the slider moves nobody hears, then once; between frames the one before is shown", () => {
  const { made, told } = playback();
  for (const step of [1, 3, 7]) made.drag(step);
  assert.equal(made.frame, 3);
  assert.deepEqual(told, []);
  made.drop(7);
  made.drop(7);
  assert.deepEqual(told, [7]);
  made.heard(7);
  made.drop(7);
  assert.deepEqual(told, [7]);
});

test("a shorter course ends sooner", () => {
  const { made } = playback();
  made.heard(8);
  made.setSteps([0, 3]);
  assert.deepEqual([made.position, made.last], [3, 3]);
});

test("what went out of sight tells nobody", () => {
  const { made, told } = playback();
  made.play(0);
  made.tick(130);
  made.stop();
  made.tick(9000);
  made.pause();
  assert.deepEqual(told, []);
});

test("a frame's values take their places, and the figure itself stays", () => {
  const figure = { data: [{ x: [0], marker: { color: "red" } }, { y: [9] }], layout: {} };
  const course = [
    { trace: 0, path: "x", whole: [1, 2, 3], lengths: [1, 2, 3] },
    { trace: 0, path: "marker.size", values: [5, 6], of: [0, 0, 1] },
    { trace: null, path: "title.text", values: ["a", "b", "c"] },
    { trace: 7, path: "x", values: [[1], [2], [3]] },
  ];
  const { data, layout } = figureAt(figure, course, 1);
  assert.deepEqual(data[0], { x: [1, 2], marker: { color: "red", size: 5 } });
  assert.deepEqual(layout, { title: { text: "b" } });
  assert.deepEqual(figureAt(figure, course, 2).data[0].marker.size, 6);
  assert.deepEqual(figure.data[0], { x: [0], marker: { color: "red" } });
});
