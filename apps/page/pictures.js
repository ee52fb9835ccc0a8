// The pictures so far, one after the other, and their tiles.
import { byId, make } from "./dom.js";

const kMost = 60;

/** Keeps pictures and asks about them in turn: `ask(item)` answers for one, `onChange(item)` hears of it. */
export class Pictures {
  constructor({ ask, onSelect }) {
    this.items = [];
    this.selected = null;
    this.ask = ask;
    this.onSelect = onSelect;
    this.asking = false;
  }

  /** Adds files or blobs; the first of them is shown as soon as it is answered. */
  add(blobs, nameOf = (blob) => blob.name || "pasted picture") {
    const added = [...blobs].map((blob) => this.#make(blob, nameOf(blob)));
    if (added.length === 0) return;
    this.items.push(...added);
    while (this.items.length > kMost) this.#drop(this.items[0]);
    this.select(added[0]);
    this.#pump();
  }

  /** Shows an item, whatever is known of it. */
  select(item) {
    this.selected = item;
    this.#draw();
    this.onSelect(item);
  }

  /** Nothing of the list is on the stage. */
  deselect() {
    this.selected = null;
    this.#draw();
  }

  /** Asks about the selected picture anew, e.g. cropped otherwise. */
  askAgain() {
    if (!this.selected) return;
    this.selected.state = "waiting";
    this.selected.again = this.asking;
    this.#pump();
  }

  #make(blob, name) {
    return { blob, name, state: "waiting", url: null, result: null, problem: null, words: "" };
  }

  #drop(item) {
    if (item.url) URL.revokeObjectURL(item.url);
    this.items.splice(this.items.indexOf(item), 1);
  }

  async #pump() {
    if (this.asking) return;
    this.asking = true;
    for (;;) {
      const item = this.selected?.state === "waiting" ? this.selected : this.items.find((i) => i.state === "waiting");
      if (!item) break;
      item.state = "asking";
      item.again = false;
      await this.ask(item);
      if (item.again) {
        item.state = "waiting";
        continue;
      }
      // Only what the program could read is given to the browser's own decoder.
      if (item.state === "done" && !item.url) item.url = URL.createObjectURL(item.blob);
      this.#draw();
      if (item === this.selected) this.onSelect(item);
    }
    this.asking = false;
  }

  #draw() {
    byId("pictures").hidden = this.items.length < 2;
    byId("tiles").replaceChildren(...[...this.items].reverse().map((item) => make("li", {}, this.#tile(item))));
  }

  #tile(item) {
    const shown = item.url
      ? make("img", { attributes: { alt: "" } })
      : make("span", { class: "thumb", text: item.state === "failed" ? "not read" : "waiting" });
    if (item.url) shown.src = item.url;
    const tile = make("button", { class: `tile ${item.state}`, attributes: { type: "button" } }, shown,
      make("span", { class: "what", text: item.words || "…" }),
      make("span", { class: "name", text: item.name }));
    if (item === this.selected) tile.setAttribute("aria-current", "true");
    tile.addEventListener("click", () => {
      const place = this.items.indexOf(item);
      this.select(item);
      // The tiles are new ones: the keyboard stays where it was.
      byId("tiles").children[this.items.length - 1 - place]?.querySelector("button").focus();
    });
    return tile;
  }
}
