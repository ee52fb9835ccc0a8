// Puts the page together: where pictures come from, what happens to them, what is shown.
import { inWords, setBusy, showAnswer, showProblem, showWaiting } from "./answer.js";
import { drawBoxes } from "./boxes.js";
import * as camera from "./camera.js";
import { kindOf, showCard } from "./card.js";
import { byId, make, milliseconds, say, size } from "./dom.js";
import { fieldTexts, makeFields } from "./fields.js";
import { Pictures } from "./pictures.js";
import { convertInBrowser, getModel, predict, Problem } from "./server.js";

const stage = byId("stage");
const photo = byId("photo");
const video = byId("video");

let model = null;
let stopLive = null; // while live
let shots = 0;

const crop = () => document.querySelector('input[name="crop"]:checked').value;

// ---- The stage

/** `what`: "empty", "photo" or "video". */
function stageShows(what) {
  stage.dataset.showing = what;
  byId("empty").hidden = what !== "empty";
  byId("frame").hidden = what === "empty";
  photo.hidden = what !== "photo";
  video.hidden = what !== "video";
  byId("shot").hidden = !camera.isOn();
  byId("shot").textContent = what === "video" ? "Take a picture" : "Back to the camera";
  byId("live").hidden = !(camera.isOn() && what === "video");
  drawBoxes(null, {});
}

function setRatio(width, height) {
  if (width && height) byId("frame").style.setProperty("--ratio", String(width / height));
}

function showItem(item) {
  setBusy(item.state === "waiting" || item.state === "asking");
  if (item.state === "failed") {
    stageShows("empty");
    const again = ["busy", "gone", "timeout"].includes(item.problem.code) ? () => pictures.askAgain() : undefined;
    showProblem(item.problem, { name: item.name, again });
    return;
  }
  if (item.state !== "done") return;
  photo.alt = item.name;
  photo.onload = () => {
    setRatio(photo.naturalWidth, photo.naturalHeight);
    drawBoxes(item.result, { crop: item.crop, width: photo.naturalWidth, height: photo.naturalHeight });
  };
  photo.src = item.url;
  stageShows("photo");
  showAnswer(item.result, { name: item.name });
}

// ---- Asking

async function askAbout(blob, options) {
  if (blob.size > model.limits.bytes)
    throw new Problem("limit_exceeded", `The file has ${size(blob.size)}, at most ${size(model.limits.bytes)} are taken. Choose a smaller picture.`);
  return predict(blob, { crop: crop(), fields: fieldTexts(), ...options });
}

async function askItem(item) {
  if (item === pictures.selected) setBusy(true);
  try {
    try {
      item.result = await askAbout(item.blob);
    } catch (problem) {
      const other = problem.code === "invalid_format" ? await convertInBrowser(item.blob) : null;
      if (!other) throw problem;
      item.result = await askAbout(other);
      item.result.notes.push("The browser turned the file into PNG first");
    }
    item.crop = crop();
    item.words = inWords(item.result);
    item.state = "done";
  } catch (problem) {
    item.problem = problem;
    item.words = problem.title ?? "failed";
    item.state = "failed";
  }
}

const pictures = new Pictures({ ask: askItem, onSelect: showItem });

function take(blobs, nameOf) {
  endLive();
  pictures.add(blobs, nameOf);
}

/** For models without a picture. */
async function askFields() {
  setBusy(true);
  try {
    showAnswer(await predict(null, { crop: crop(), fields: fieldTexts() }));
  } catch (problem) {
    showProblem(problem);
  }
  setBusy(false);
}

// ---- Choosing, dropping, pasting

function choose({ withCamera = false } = {}) {
  const input = byId("files");
  if (withCamera) input.setAttribute("capture", "environment");
  else input.removeAttribute("capture");
  input.click();
}

function listenToFiles() {
  byId("choose").addEventListener("click", () => choose());
  stage.addEventListener("click", () => {
    if (stage.dataset.showing === "empty") choose();
  });
  byId("files").addEventListener("change", (event) => {
    take(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    stage.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) stage.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    stage.classList.remove("dropping");
    if (event.dataTransfer.files.length) take(event.dataTransfer.files);
    else showProblem(new Problem("invalid_format", "What was dropped is no file. Save the picture first, then drop the file."));
  });
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    take(event.clipboardData.files);
  });
  byId("paste").addEventListener("click", pasteByButton);
}

async function pasteByButton() {
  try {
    if (!navigator.clipboard?.read) throw new Problem("clipboard", "Press Ctrl+V (or Cmd+V) to paste a picture here.");
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((candidate) => candidate.startsWith("image/"));
      if (type) return take([await item.getType(type)], () => "pasted picture");
    }
    throw new Problem("clipboard", "There is no picture in the clipboard. Copy one first.");
  } catch (error) {
    const problem = error instanceof Problem ? error
      : new Problem("clipboard", "The browser does not let this button read the clipboard. Press Ctrl+V (or Cmd+V) instead.");
    showProblem(problem);
  }
}

// ---- The camera

function endLive() {
  stopLive?.();
  stopLive = null;
  byId("live").setAttribute("aria-pressed", "false");
  byId("live").textContent = "Live";
  byId("live-badge").hidden = true;
  drawBoxes(null, {});
}

function cameraOff() {
  endLive();
  camera.turnOff();
  byId("camera").setAttribute("aria-pressed", "false");
  byId("camera-text").textContent = "Camera";
  byId("which-camera-label").hidden = true;
  if (pictures.selected) showItem(pictures.selected);
  else {
    stageShows("empty");
    showWaiting();
  }
}

async function cameraOn(deviceId) {
  endLive();
  await camera.turnOn(deviceId);
  byId("camera").setAttribute("aria-pressed", "true");
  byId("camera-text").textContent = "Camera off";
  pictures.deselect();
  setRatio(video.videoWidth, video.videoHeight);
  stageShows("video");
  const cameras = await camera.list();
  byId("which-camera-label").hidden = cameras.length < 2;
  byId("which-camera").replaceChildren(...cameras.map((entry) => {
    const option = make("option", { text: entry.label, attributes: { value: entry.id } });
    option.selected = entry.chosen;
    return option;
  }));
  say("The camera is on");
}

async function turnCamera(deviceId) {
  try {
    await cameraOn(deviceId);
  } catch (problem) {
    cameraOff();
    showProblem(problem);
  }
}

async function shot() {
  if (stage.dataset.showing !== "video") {
    pictures.deselect();
    setRatio(video.videoWidth, video.videoHeight);
    stageShows("video");
    return;
  }
  try {
    const blob = await camera.grab(4096, 0.92);
    shots += 1;
    take([blob], () => `Camera picture ${shots}`);
  } catch (problem) {
    showProblem(problem);
  }
}

let lastSeen = 0;

/** One frame of live mode; false where the program had no time for it. */
async function askLive(blob) {
  const now = performance.now();
  const seen = now - lastSeen > 200; // what the model sees, five times a second
  try {
    const result = await askAbout(blob, { live: true, seen });
    if (!stopLive) return true;
    if (seen) lastSeen = now;
    showAnswer(result, { live: true });
    drawBoxes(result, { crop: crop(), width: video.videoWidth, height: video.videoHeight });
    askLive.took = result.milliseconds.decode + result.milliseconds.resize + result.milliseconds.predict;
    return true;
  } catch (problem) {
    if (problem.code === "busy") return false;
    throw problem;
  }
}

function toggleLive() {
  if (stopLive) {
    endLive();
    return;
  }
  byId("live").setAttribute("aria-pressed", "true");
  byId("live").textContent = "Stop live";
  byId("live-text").textContent = "Live";
  byId("live-badge").hidden = false;
  stopLive = camera.runLive(askLive, ({ frames, dropped }) => {
    byId("live-text").textContent = `Live · ${frames.toFixed(0)} a second · ${milliseconds(askLive.took ?? 0)}${dropped ? ` · ${dropped} dropped` : ""}`;
  }, (problem) => {
    endLive();
    showProblem(problem);
  });
}

function listenToCamera() {
  byId("camera").addEventListener("click", () => {
    if (!camera.canStream()) choose({ withCamera: true });
    else if (camera.isOn()) cameraOff();
    else turnCamera();
  });
  byId("shot").addEventListener("click", shot);
  byId("live").addEventListener("click", toggleLive);
  byId("which-camera").addEventListener("change", (event) => turnCamera(event.target.value));
  video.addEventListener("resize", () => setRatio(video.videoWidth, video.videoHeight));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) endLive();
  });
}

// ---- The beginning

function showModel() {
  document.title = `${model.name} · Pome`;
  byId("model-name").textContent = model.name;
  const { picture } = model;
  const input = picture ? ` · pictures of ${picture.flexible ? "many sizes" : `${picture.width} × ${picture.height}`}` : "";
  byId("model-line").textContent = kindOf(model.card) + input;
  const local = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  byId("private-text").textContent = local
    ? "Nothing leaves this machine."
    : `Pictures go to ${location.hostname}, unencrypted, and nowhere else.`;
  byId("private").classList.toggle("open", !local);
  document.querySelector(`input[name="crop"][value="${model.cropAndScale}"]`).checked = true;
  showCard(model.card);
  if (!picture) {
    for (const id of ["stage", "picture-tools", "crop"]) byId(id).hidden = true;
    byId("waiting").textContent = "Fill in the fields and ask.";
  }
  const ask = picture ? () => pictures.askAgain() : askFields;
  makeFields(model.fields, { onChange: ask, button: picture ? "" : "Ask the model" });
}

async function begin() {
  try {
    model = await getModel();
  } catch (problem) {
    showProblem(problem);
    return;
  }
  showModel();
  listenToFiles();
  listenToCamera();
  byId("crop").addEventListener("change", () => pictures.askAgain());
  document.body.dataset.ready = "true";
}

begin();
