// What the page asks the program on this machine.

/** An answer that says no: a code for the page, a title and sentences for people. */
export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
    this.title = titles[code] ?? "This did not work";
  }
}

const titles = {
  invalid_format: "Not a picture that can be read",
  content_type: "Not a picture that can be read",
  unsupported: "A picture of a kind that is not read",
  corrupt: "A damaged picture",
  limit_exceeded: "Too large",
  out_of_memory: "Too large",
  busy: "Busy",
  timeout: "Stopped: it took too long",
  gone: "Pome does not answer",
  invalid_argument: "A value does not fit",
  missing_input: "A value is missing",
  camera: "No camera",
  clipboard: "Nothing to paste",
  forbidden_host: "Not let in",
  forbidden_origin: "Not let in",
};

async function problemOf(response) {
  try {
    const { error } = await response.json();
    const places = error.places.filter((place) => place !== "picture");
    return new Problem(error.code, (places.length ? `${places.join(", ")}: ` : "") + error.message);
  } catch {
    return new Problem("internal", `The program answered with status ${response.status}.`);
  }
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Problem("gone", "Is the command `pome app` still running? Start it again and reload this page.");
  }
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

export const getModel = () => ask("/model");

/** Sends a picture as it is. `fields`: texts by input name. */
export function predict(blob, { crop, fields = {}, live = false, seen = true }) {
  const parameters = new URLSearchParams({ crop });
  if (live) parameters.set("live", "1");
  if (!seen) parameters.set("seen", "0");
  for (const [name, text] of Object.entries(fields)) parameters.set(`field.${name}`, text);
  const headers = { "Content-Type": "application/octet-stream" };
  return ask(`/predict?${parameters}`, { method: "POST", body: blob ?? new Blob([]), headers });
}

/** A file of a kind that browsers read and Pome does not (WebP, AVIF, GIF ...), as PNG; else null. */
export async function convertInBrowser(blob) {
  if (!blob.type.startsWith("image/") || blob.type === "image/svg+xml") return null;
  try {
    const picture = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    picture.close();
    return await canvas.convertToBlob({ type: "image/png" });
  } catch {
    return null;
  }
}
