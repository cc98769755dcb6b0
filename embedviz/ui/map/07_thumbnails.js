// Pictures that came from Python, kept for the whole browser tab, and the asking for more of them.
// A picture's name is its row in an album; an album is one version of keys and pictures.

const MOST_PICTURES = 3000; // in all albums; still compressed, some 2 kB each
const MOST_ALBUMS = 8;
const MOST_ASKED = 150; // at once; Python refuses more than 200
const REST_MS = 200;
const GIVE_UP_MS = 10_000; // the page was busy or the answer was overtaken: ask again

class Album {
  pictures = new Map(); // row → Image, or null while it is decoded
  without = new Set(); // rows that have no picture, or none that can be shown

  // The picture of `row` if it can be drawn now.
  get(row) {
    const picture = this.pictures.get(row);
    if (!picture) return null;
    this.pictures.delete(row); // the last used is the last forgotten
    this.pictures.set(row, picture);
    return picture;
  }

  isMissing(row) {
    return !this.pictures.has(row) && !this.without.has(row);
  }

  async put(row, bytes) {
    if (!this.isMissing(row)) return;
    if (!bytes?.length) return void this.without.add(row);
    this.pictures.set(row, null);
    try {
      this.pictures.set(row, await decoded(bytes));
    } catch {
      this.pictures.delete(row);
      this.without.add(row); // the dot stays
    }
  }
}

// An image element rather than a bitmap: the browser may drop its pixels and keep the 2 kB.
async function decoded(bytes) {
  const image = new Image();
  // Never SVG, whatever the bytes are: the type decides that.
  const address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  try {
    image.src = address;
    await image.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  return image;
}

const albums = new Map();

function albumOf(version) {
  const album = albums.get(version) ?? new Album();
  albums.delete(version);
  albums.set(version, album);
  if (albums.size > MOST_ALBUMS) albums.delete(albums.keys().next().value);
  return album;
}

function forgetPictures() {
  let count = 0;
  for (const { pictures } of albums.values()) count += pictures.size;
  for (const { pictures } of albums.values()) { // the album used longest ago first
    for (const row of pictures.keys()) {
      if (count <= MOST_PICTURES) return;
      pictures.delete(row);
      count -= 1;
    }
  }
}

// Takes in the pictures that `data` carries; calls `onReady` when the last can be drawn.
function takePictures(data, onReady) {
  if (!data.pictures || !data.thumbs) return;
  const album = albumOf(data.pictures.version);
  const [rows, images] = ["row", "image"].map((name) => data.thumbs.getChild(name));
  const arriving = [];
  for (let i = 0; i < data.thumbs.numRows; i++) arriving.push(album.put(rows.get(i), images.get(i)));
  forgetPictures();
  Promise.all(arriving).then(onReady);
}

// Asks for pictures once the view has rested, one request at a time, never while a mouse is down.
class PictureRequests {
  #open = null; // the token of the request under way
  #resting = 0;
  #givingUp = 0;
  #count = 0;

  // handlers: {isBusy(), wanted() → rows, the most wanted first, send(request)}
  constructor(handlers) {
    this.handlers = handlers;
  }

  // The view moved, or something else changed what is wanted.
  soon() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#ask(), REST_MS);
  }

  #ask() {
    if (this.handlers.isBusy()) return this.soon();
    if (this.#open) return; // its answer leads back here
    const rows = this.handlers.wanted().slice(0, MOST_ASKED);
    if (!rows.length) return;
    this.#open = `${Date.now().toString(36)}-${(this.#count += 1)}`;
    this.#givingUp = setTimeout(() => this.answered(this.#open), GIVE_UP_MS);
    this.handlers.send({ rows, token: this.#open });
  }

  answered(token) {
    if (!this.#open || token !== this.#open) return;
    this.end();
    this.soon();
  }

  end() {
    clearTimeout(this.#resting);
    clearTimeout(this.#givingUp);
    this.#open = null;
  }
}
