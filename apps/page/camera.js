// The camera: a stream on the video element, single pictures, and a loop that never lets frames wait.
import { byId } from "./dom.js";
import { Problem } from "./server.js";

const video = byId("video");
const canvas = document.createElement("canvas");
let stream = null;

export const isOn = () => stream !== null;
export const canStream = () => Boolean(navigator.mediaDevices?.getUserMedia);

const reasons = {
  NotAllowedError: "The browser was told not to let this page see the camera. Allow it beside the address, and try again.",
  NotFoundError: "There is no camera on this machine.",
  NotReadableError: "The camera is in use by another program.",
};

/** Turns the camera on; `deviceId` chooses one of several. */
export async function turnOn(deviceId) {
  turnOff();
  const size = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "environment" };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { ...size, ...which }, audio: false });
  } catch (error) {
    throw new Problem("camera", reasons[error.name] ?? `The camera cannot be used: ${error.message}`);
  }
  video.srcObject = stream;
  await video.play();
}

export function turnOff() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
}

/** The cameras there are, as {id, label, chosen}; labels are known once one was allowed. */
export async function list() {
  const chosen = stream?.getVideoTracks()[0]?.getSettings().deviceId;
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput")
    .map((device, i) => ({ id: device.deviceId, label: device.label || `Camera ${i + 1}`, chosen: device.deviceId === chosen }));
}

/** The frame that shows now as a JPEG, its longer side at most `most` pixels. */
export function grab(most, quality) {
  const scale = Math.min(1, most / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
  canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Problem("camera", "The frame could not be read."))), "image/jpeg", quality);
  });
}

const nextFrame = (callback) => (video.requestVideoFrameCallback
  ? video.requestVideoFrameCallback(callback)
  : requestAnimationFrame(callback));

/**
 * Calls `ask(blob)` with one frame after the other until the returned function is called. A frame
 * that comes while the one before is still being asked about is dropped. `onRate` gets, once a
 * second, {frames, dropped}: frames asked about in that second, and dropped since the beginning.
 */
export function runLive(ask, onRate, onEnd) {
  let running = true;
  let asking = false;
  let dropped = 0;
  let frames = 0;
  let since = performance.now();

  const stop = () => { running = false; };

  async function take() {
    asking = true;
    try {
      if (await ask(await grab(640, 0.85))) frames += 1;
      else dropped += 1;
    } catch (problem) {
      stop();
      onEnd(problem);
    }
    asking = false;
  }

  function onFrame() {
    if (!running) return;
    nextFrame(onFrame);
    if (asking) dropped += 1;
    else take();
    const now = performance.now();
    if (now - since < 1000) return;
    onRate({ frames: (frames * 1000) / (now - since), dropped });
    frames = 0;
    since = now;
  }

  nextFrame(onFrame);
  return stop;
}
