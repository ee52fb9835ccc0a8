// Inputs beside the picture: a text field each.
import { byId, make } from "./dom.js";

/** Makes the fields; `onChange` hears when one changes, or, where there is a `button`, when that is pressed. */
export function makeFields(fields, { onChange, button }) {
  const form = byId("fields");
  form.hidden = fields.length === 0 && !button;
  for (const [i, field] of fields.entries()) {
    const id = `field-${i}`;
    const many = field.count > 8;
    const input = make(many ? "textarea" : "input", {
      attributes: { id, name: field.name, autocomplete: "off", ...(many ? { rows: "3" } : {}), "aria-describedby": `${id}-text` },
    });
    if (field.type !== "String" && !field.optional) input.value = Array(field.count).fill("0").join(", ");
    if (field.optional) input.placeholder = "as the model has it";
    if (!button) input.addEventListener("change", onChange);
    const text = [field.text, field.description].filter(Boolean).join(": ") + (field.optional ? ", may stay empty" : "");
    form.append(make("div", { class: "field" },
      make("label", { text: field.name, attributes: { for: id } }), input,
      make("p", { class: "quiet", text, attributes: { id: `${id}-text` } })));
  }
  if (button) form.append(make("button", { class: "button primary", text: button, attributes: { type: "submit" } }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onChange();
  });
}

/** The texts by input name. */
export function fieldTexts() {
  return Object.fromEntries([...byId("fields").elements].filter((e) => e.name).map((e) => [e.name, e.value]));
}
