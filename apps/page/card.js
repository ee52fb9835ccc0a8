// The model card, out of what `pome info --json` says.
import { byId, make, size } from "./dom.js";

const kinds = {
  neuralNetworkClassifier: "Image classifier (neural network)",
  neuralNetworkRegressor: "Regressor (neural network)",
  neuralNetwork: "Neural network",
  mlProgram: "ML program",
  pipelineClassifier: "Classifier (pipeline)",
  pipelineRegressor: "Regressor (pipeline)",
  pipeline: "Pipeline",
};

function rows(pairs) {
  const list = make("dl");
  for (const [name, text] of pairs) if (text) list.append(make("dt", { text: name }), make("dd", { text }));
  return list;
}

function features(title, list) {
  const part = make("div", {}, make("h3", { text: title }));
  for (const feature of list ?? []) {
    part.append(make("p", { class: "feature" },
      make("strong", { text: feature.name }),
      make("span", { class: "type", text: feature.description + (feature.optional ? ", optional" : "") }),
      ...(feature.shortDescription ? [make("span", { text: feature.shortDescription })] : [])));
  }
  return part;
}

function labels(list) {
  const most = 24;
  const chips = make("ul", { class: "chips" }, ...list.slice(0, most).map((label) => make("li", { text: String(label) })));
  if (list.length > most) chips.append(make("li", { class: "more", text: `and ${list.length - most} more` }));
  return make("div", { class: "about" }, make("h3", { text: `Labels (${list.length})` }), chips);
}

const counted = (counts, most) => {
  const entries = Object.entries(counts ?? {});
  const text = entries.slice(0, most).map(([name, count]) => `${count.toLocaleString("en")} ${name}`).join(", ");
  return entries.length > most ? `${text} and ${entries.length - most} more kinds` : text;
};

/** What kind of model it is, in words. */
export const kindOf = (card) => kinds[card?.type] ?? card?.type ?? "Core ML model";

/** Fills the card. */
export function showCard(card) {
  const place = byId("card");
  if (!card) {
    place.replaceChildren(make("p", { class: "quiet", text: "Nothing is known of this model." }));
    return;
  }
  const { metadata } = card;
  const about = metadata.shortDescription ? [make("p", { class: "about", text: metadata.shortDescription })] : [];
  const facts = rows([
    ["Kind", kindOf(card)],
    ["Size", size(card.bytes)],
    ["Weights", counted(card.weights, 3)],
    ["Made of", counted(card.operations, 6)],
    ["Specification", `${card.specificationVersion}${card.systems ? ` (${card.systems} or newer)` : ""}`],
    ["Author", metadata.author],
    ["License", metadata.license],
    ["Version", metadata.version],
    ...Object.entries(card.facts ?? {}),
    ...Object.entries(metadata.userDefined ?? {}).filter(([, text]) => text.length < 200),
  ]);
  place.replaceChildren(...about, facts,
    make("div", {}, features("Inputs", card.inputs), features("Outputs", card.outputs)),
    ...(card.classLabels?.length ? [labels(card.classLabels)] : []));
}
