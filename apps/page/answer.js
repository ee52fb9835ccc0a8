// Shows one answer: labels with bars, pictures, numbers; and what the model saw.
import { byId, make, milliseconds, number, percent, say } from "./dom.js";

function bars(entries, probabilities) {
  const largest = Math.max(...entries.map((entry) => (typeof entry.value === "number" ? Math.abs(entry.value) : 0)), 1e-12);
  const list = make("ol", { class: "bars" });
  for (const entry of entries) {
    const share = typeof entry.value === "number" ? Math.max(0, entry.value / (probabilities ? 1 : largest)) : 0;
    const fill = make("div", { class: "fill" });
    fill.style.width = `${Math.min(share, 1) * 100}%`;
    list.append(make("li", {},
      make("span", { class: "name", text: entry.label }),
      make("span", { class: "share", text: probabilities ? percent(entry.value) : number(entry.value) }),
      make("div", { class: "track", attributes: { "aria-hidden": "true" } }, fill)));
  }
  return list;
}

const more = (total, shown) => (total > shown ? [make("p", { class: "quiet", text: `and ${total - shown} more` })] : []);

const show = {
  labels(answer) {
    const first = answer.entries.find((entry) => entry.label === answer.label);
    const label = make("p", { class: "label", text: answer.label });
    if (first && answer.probabilities) label.append(make("span", { class: "share", text: percent(first.value) }));
    return [label, bars(answer.entries, answer.probabilities), ...more(answer.total, answer.entries.length)];
  },
  boxes(answer) {
    if (!answer.total) return [make("p", { class: "label", text: "Nothing found" })];
    const counts = new Map();
    for (const box of answer.boxes) counts.set(box.label, (counts.get(box.label) ?? 0) + 1);
    const text = [...counts].map(([label, count]) => (count > 1 ? `${count} × ${label}` : label)).join(", ");
    const entries = answer.boxes.slice(0, 10).map((box) => ({ label: box.label, value: box.confidence }));
    return [make("p", { class: "label", text }), bars(entries, entries.every((e) => e.value <= 1.0001)), ...more(answer.total, entries.length)];
  },
  picture(answer) {
    const picture = make("img", { attributes: { alt: `The picture that the model made: ${answer.name}`, width: answer.width, height: answer.height } });
    picture.src = `data:image/png;base64,${answer.png}`;
    return [make("h3", { text: `${answer.name} · ${answer.width} × ${answer.height}` }), picture];
  },
  array(answer) {
    const nodes = [make("h3", { text: `${answer.name} · ${answer.shape.join(" × ") || "1"} ${answer.dataType}` })];
    if (answer.total === 1) return [...nodes, make("p", { class: "number", text: number(answer.first[0]) })];
    if (answer.minimum !== undefined)
      nodes.push(make("p", { text: `from ${number(answer.minimum)} to ${number(answer.maximum)}, ${number(answer.mean)} on average` }));
    if (answer.nans) nodes.push(make("p", { text: `${answer.nans} of ${answer.total} are no numbers (NaN)` }));
    if (answer.largest) nodes.push(bars(answer.largest.map((e) => ({ label: `number ${e.index}`, value: e.value })), false));
    const text = answer.first.map(number).join("  ") + (answer.total > answer.first.length ? "  …" : "");
    return [...nodes, make("p", { class: "numbers", text })];
  },
  dictionary(answer) {
    return [make("h3", { text: answer.name }), bars(answer.entries, false), ...more(answer.total, answer.entries.length)];
  },
  list(answer) {
    const text = answer.entries.join(", ") || "none";
    return [make("h3", { text: answer.name }), make("p", { text }), ...more(answer.total, answer.entries.length)];
  },
  value(answer) {
    return [make("h3", { text: answer.name }), make("p", { class: "number", text: number(answer.value) })];
  },
};

/** The answer in a few words, for tiles and screen readers. */
export function inWords(result) {
  const answer = result.answers[0];
  if (!answer) return "no outputs";
  if (answer.kind === "labels") {
    const first = answer.entries.find((entry) => entry.label === answer.label);
    return first && answer.probabilities ? `${answer.label} ${percent(first.value)}` : answer.label;
  }
  if (answer.kind === "boxes") {
    if (!answer.total) return "nothing found";
    const labels = [...new Set(answer.boxes.map((box) => box.label))].join(", ");
    return `${answer.total} found: ${labels}`;
  }
  if (answer.kind === "picture") return "a picture";
  if (answer.kind === "value") return number(answer.value);
  if (answer.kind === "array" && answer.total === 1) return number(answer.first[0]);
  return `${answer.total} numbers`;
}

function showOutputs(result) {
  byId("result").replaceChildren(...result.answers.map((answer) => make("div", { class: "output" }, ...show[answer.kind](answer))));
}

function showSeen(result) {
  const times = result.milliseconds;
  const total = times.decode + times.resize + times.predict;
  byId("took").textContent = `${milliseconds(total)}: ${milliseconds(times.decode)} decoding, ${milliseconds(times.resize)} fitting, ${milliseconds(times.predict)} predicting`;
  byId("notes").textContent = result.notes.join(". ");
  if (!result.seen) return;
  byId("seen-picture").src = `data:image/png;base64,${result.seen.png}`;
  byId("seen-size").textContent = `${result.seen.width} × ${result.seen.height} pixels`;
  byId("seen").hidden = false;
}

function showOnly(part) {
  for (const id of ["waiting", "result", "problem"]) byId(id).hidden = id !== part;
}

/** Shows the answer; `live` ones come thirty times a second, and only a new label is said aloud. */
export function showAnswer(result, { live = false, name = "" } = {}) {
  showOnly("result");
  showOutputs(result);
  showSeen(result);
  if (!live) say(`${name ? `${name}: ` : ""}${inWords(result)}`);
  else if (result.answers[0]?.kind === "labels") say(result.answers[0].label);
}

/** Shows what went wrong; `again` is what a button offers to do, if anything. */
export function showProblem(problem, { name = "", again } = {}) {
  const card = byId("problem");
  card.replaceChildren(make("h3", { text: name ? `${name}: ${problem.title}` : problem.title }), make("p", { text: problem.message.charAt(0).toUpperCase() + problem.message.slice(1) }));
  if (again) {
    const button = make("button", { class: "button", text: "Try again", attributes: { type: "button" } });
    button.addEventListener("click", again);
    card.append(button);
  }
  byId("seen").hidden = true;
  showOnly("problem");
}

/** Nothing has been asked yet. */
export function showWaiting() {
  byId("seen").hidden = true;
  showOnly("waiting");
}

/** A small sign that an answer is on its way. */
export function setBusy(busy) {
  document.body.classList.toggle("busy", busy);
  byId("answer").setAttribute("aria-busy", String(busy));
}
