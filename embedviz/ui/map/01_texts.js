// Texts that travel compressed, see embedviz/ui/map/packing.py. They are unpacked once and stay
// bytes: a text is made when it is shown, 100,000 strings are never made at once.

const BETWEEN_TEXTS = 0xff; // no byte of UTF-8

const canUnpack = () => typeof DecompressionStream === "function";

class PackedTexts {
  #bytes = null;
  #starts = null; // of each text, and one past the last one's separator
  #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  constructor(n, compressed) {
    this.ready = this.#unpack(n, compressed);
  }

  // Only when `ready` has come true.
  get(row) {
    return this.#decoder.decode(this.#bytes.subarray(this.#starts[row], this.#starts[row + 1] - 1));
  }

  async #unpack(n, compressed) {
    const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream("deflate"));
    this.#bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    this.#starts = new Uint32Array(n + 1);
    for (let row = 0, end = 0; row < n; row++) {
      end = this.#bytes.indexOf(BETWEEN_TEXTS, end);
      if (end < 0) end = this.#bytes.length;
      this.#starts[row + 1] = ++end;
    }
  }
}
