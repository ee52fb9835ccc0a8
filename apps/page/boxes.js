// Boxes of a detector, drawn over the picture that was asked about.
import { byId, make, percent } from "./dom.js";

/** Where the picture (w x h) lies in the model's input (W x H), in shares of the input: the server's placement. */
function placement(mode, w, h, W, H) {
  if (mode === "scaleFill") return { x: 0, y: 0, width: 1, height: 1 };
  const scale = mode === "centerCrop" ? Math.max(W / w, H / h) : Math.min(W / w, H / h);
  const width = (w * scale) / W;
  const height = (h * scale) / H;
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

/** Draws the boxes of `result` over a picture of `width` x `height`; none where there are none. */
export function drawBoxes(result, { crop, width, height }) {
  const layer = byId("boxes");
  const answer = result?.answers.find((candidate) => candidate.kind === "boxes");
  if (!answer || !width || !height) {
    layer.replaceChildren();
    return;
  }
  const input = result.seen ?? drawBoxes.lastInput ?? { width, height };
  drawBoxes.lastInput = { width: input.width, height: input.height };
  const at = placement(crop, width, height, input.width, input.height);
  layer.replaceChildren(...answer.boxes.map((box) => {
    const element = make("div", { class: "box" }, make("span", { text: `${box.label} ${percent(box.confidence)}` }));
    element.style.left = `${((box.x - at.x) / at.width) * 100}%`;
    element.style.top = `${((box.y - at.y) / at.height) * 100}%`;
    element.style.width = `${(box.width / at.width) * 100}%`;
    element.style.height = `${(box.height / at.height) * 100}%`;
    return element;
  }));
}
