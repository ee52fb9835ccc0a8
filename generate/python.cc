// The class in Python: one module.
#include <algorithm>
#include <cctype>
#include <string>

#include "generate/class_plan.h"
#include "generate/text.h"
#include "generate/writer.h"

namespace pome::generate {
namespace {

std::string plain_type(const FeatureDescription& f, bool is_input) {
  switch (f.type) {
    case FeatureType::kInt64:
      return "int";
    case FeatureType::kDouble:
      return "float";
    case FeatureType::kString:
      return "str";
    case FeatureType::kImage:
      return "PIL.Image.Image";
    case FeatureType::kMultiArray:
      return is_input ? "npt.ArrayLike"
                      : "npt.NDArray[np." + std::string(to_string(f.multi_array.data_type)) + "]";
    case FeatureType::kDictionary:
      return f.int64_keys ? "dict[int, float]" : "dict[str, float]";
    case FeatureType::kSequence:
      return f.int64_keys ? "list[int]" : "list[str]";
    default:
      return "Any";
  }
}

std::string type_of(const Member& member) {
  const std::string type = plain_type(*member.feature, member.is_input);
  return member.feature->optional && type != "Any" ? type + " | None" : type;
}

bool any_of_type(const ClassPlan& plan, FeatureType type) {
  const auto is = [type](const Member& member) { return member.feature->type == type; };
  return std::ranges::any_of(plan.inputs, is) || std::ranges::any_of(plan.outputs, is);
}

/// Members in the order of arguments: those that may be left out come last.
std::vector<const Member*> in_order(const std::vector<Member>& members) {
  std::vector<const Member*> order;
  for (const bool optional : {false, true})
    for (const Member& member : members)
      if (member.feature->optional == optional) order.push_back(&member);
  return order;
}

/// Paragraphs between """ and """, indented.
std::string docstring(const std::vector<std::string>& paragraphs, int indent) {
  const std::string begin(static_cast<size_t>(indent), ' ');
  std::vector<std::string> lines;
  for (size_t i = 0; i < paragraphs.size(); ++i) {
    if (i > 0) lines.emplace_back();
    for (const std::string& line : wrapped("", comment_text(paragraphs[i]), 92))
      lines.push_back(docstring_text(line));
  }
  std::string text = begin + "\"\"\"" + (lines.empty() ? "" : lines[0]);
  for (size_t i = 1; i < lines.size(); ++i)
    text += "\n" + (lines[i].empty() ? "" : begin) + lines[i];
  return text + (lines.size() > 1 ? "\n" + begin : "") + "\"\"\"\n";
}

std::string imports(const ClassPlan& plan) {
  std::string text = "from __future__ import annotations\n\nimport dataclasses\n";
  if (!plan.label_names.empty()) text += "import enum\n";
  text +=
      "import os\nfrom collections.abc import Mapping, Sequence\n"
      "from typing import Any, ClassVar, overload\n\n";
  const bool arrays = any_of_type(plan, FeatureType::kMultiArray);
  const bool pictures = any_of_type(plan, FeatureType::kImage);
  if (arrays) text += "import numpy as np\nimport numpy.typing as npt\n";
  if (pictures) text += "import PIL.Image\n";
  return text + (arrays || pictures ? "\n" : "") + "import pome\n";
}

std::string label_enum(const ClassPlan& plan) {
  if (plan.label_names.empty()) return {};
  std::string text = "\n\nclass " + plan.class_name + "Label(enum.Enum):\n" +
                     docstring({"The labels that the model tells apart; their values are what it "
                                "answers."},
                               4) +
                     "\n";
  for (size_t i = 0; i < plan.label_names.size(); ++i) {
    const std::string label = label_text(*plan.labels, i);
    const bool is_text = std::holds_alternative<std::vector<std::string>>(*plan.labels);
    text += "    " + plan.label_names[i] + " = " + (is_text ? python_literal(label) : label) + "\n";
  }
  return text;
}

/// Constants beside a field.
std::string constants_of(const Member& member) {
  const FeatureDescription& f = *member.feature;
  std::string text;
  if (!member.type_name.empty())
    text += "    " + member.type_name + ": ClassVar[str] = \"" +
            std::string(to_string(f.multi_array.data_type)) + "\"\n";
  if (!member.shape_name.empty()) {
    text += "    " + member.shape_name + ": ClassVar[tuple[int, ...]] = (";
    for (const int64_t n : f.multi_array.shape) text += std::to_string(n) + ", ";
    text.erase(text.size() - (f.multi_array.shape.size() > 1 ? 2 : 1));
    text += ")\n";
  }
  if (!member.width_name.empty()) {
    text +=
        "    " + member.width_name + ": ClassVar[int] = " + std::to_string(f.image.width) + "\n";
    text +=
        "    " + member.height_name + ": ClassVar[int] = " + std::to_string(f.image.height) + "\n";
  }
  return text;
}

std::string data_class(const std::string& suffix, const std::string& what,
                       const std::vector<Member>& members, const ClassPlan& plan) {
  std::string text = "\n\n@dataclasses.dataclass\nclass " + plan.class_name + suffix + ":\n" +
                     docstring({what}, 4);
  for (const Member* member : in_order(members)) {
    text += "\n    " + member->name + ": " + type_of(*member) +
            (member->feature->optional ? " = None\n" : "\n");
    text += docstring(words_of(*member, plan), 4) + constants_of(*member);
  }
  return text;
}

/// {"image": "IMAGE"}: the features that the class was made for.
std::string feature_table(const char* name, const std::vector<Member>& members) {
  std::string text = std::string("\n    ") + name + ": ClassVar[dict[str, str]] = {";
  for (const Member& member : members) {
    std::string type;
    for (const char c : std::string(to_string(member.feature->type)))
      type += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    if (type == "MULTIARRAY") type = "MULTI_ARRAY";
    text += "\n        " + python_literal(member.feature->name) + ": \"" + type + "\",";
  }
  return text + (members.empty() ? "}\n" : "\n    }\n");
}

std::string loads(const ClassPlan& plan) {
  const std::string& name = plan.class_name;
  const std::string function =
      plan.function_name.empty()
          ? ""
          : "        configuration[\"function_name\"] = " + python_literal(plan.function_name) +
                "\n";
  return "\n    def __init__(self, path: str | os.PathLike[str], **configuration: Any) -> None:\n"
         "        \"\"\"Loads the model's file or package; configuration as pome.Model has it: "
         "compute_units, threads,\n        memory_limit, ...\"\"\"\n" +
         function +
         "        self._model = self._checked(pome.Model(path, **configuration))\n\n"
         "    @classmethod\n"
         "    def from_bytes(\n"
         "        cls, specification: bytes, weights: Mapping[str, bytes] | None = None, "
         "**configuration: Any\n"
         "    ) -> " +
         name +
         ":\n"
         "        \"\"\"The same from memory: the bytes of an .mlmodel (or of a package's model "
         "file), and its weight files.\"\"\"\n" +
         function +
         "        made = cls.__new__(cls)\n"
         "        made._model = cls._checked(\n"
         "            pome.Model.from_bytes(specification, dict(weights or {}), **configuration))\n"
         "        return made\n\n"
         "    @classmethod\n"
         "    def _checked(cls, model: pome.Model) -> pome.Model:\n"
         "        \"\"\"The model, once its inputs and outputs are those that this class was made "
         "for.\"\"\"\n"
         "        described = model.description\n"
         "        for kind, expected, features in (\n"
         "            (\"input\", cls._INPUTS, described.inputs),\n"
         "            (\"output\", cls._OUTPUTS, described.outputs),\n"
         "        ):\n"
         "            found = {feature.name: feature.type.name for feature in features}\n"
         "            for feature_name, feature_type in expected.items():\n"
         "                if found.get(feature_name) != feature_type:\n"
         "                    raise pome.InvalidModelError(\n"
         "                        f\"the model's {kind} {feature_name!r} is "
         "{found.get(feature_name, 'absent')}, {feature_type} is \"\n"
         "                        \"expected; " +
         name +
         " was generated for another model: run pome generate again\")\n"
         "        return model\n";
}

std::string predictions(const ClassPlan& plan) {
  const std::string& name = plan.class_name;
  std::string arguments;
  for (const Member* member : in_order(plan.inputs))
    arguments += "        " + member->name + ": " + type_of(*member) +
                 (member->feature->optional ? " = None,\n" : ",\n");
  return "\n    @overload\n"
         "    def prediction(self, given: " +
         name + "Input, /, *, crop_and_scale: str = \"scaleFill\") -> " + name +
         "Output: ...\n\n"
         "    @overload\n"
         "    def prediction(\n        self,\n" +
         arguments + "        *,\n        crop_and_scale: str = \"scaleFill\",\n    ) -> " + name +
         "Output: ...\n\n"
         "    def prediction(self, *given: Any, crop_and_scale: str = \"scaleFill\", **named: Any) "
         "-> " +
         name +
         "Output:\n"
         "        \"\"\"One prediction, from one argument for each input or from an Input.\"\"\"\n"
         "        if len(given) == 1 and not named and isinstance(given[0], " +
         name +
         "Input):\n"
         "            values = given[0]\n"
         "        else:\n"
         "            values = " +
         name +
         "Input(*given, **named)\n"
         "        return self._output(\n"
         "            self._model.predict(self._values(values), crop_and_scale=crop_and_scale))\n\n"
         "    def predictions(\n"
         "        self, inputs: Sequence[" +
         name +
         "Input], *, crop_and_scale: str = "
         "\"scaleFill\"\n    ) -> list[" +
         name +
         "Output]:\n"
         "        \"\"\"One prediction for each of the inputs.\"\"\"\n"
         "        batch = [self._values(values) for values in inputs]\n"
         "        return [self._output(answer) for answer in "
         "self._model.predict(batch, crop_and_scale=crop_and_scale)]\n\n"
         "    @property\n"
         "    def model(self) -> pome.Model:\n"
         "        \"\"\"What lies below: its description, its compute plan.\"\"\"\n"
         "        return self._model\n";
}

std::string conversions(const ClassPlan& plan) {
  std::string text = "\n    @staticmethod\n    def _values(given: " + plan.class_name +
                     "Input) -> dict[str, Any]:\n        values: dict[str, Any] = {}\n";
  for (const Member& member : plan.inputs) {
    const std::string field = "given." + member.name;
    if (member.feature->optional) text += "        if " + field + " is not None:\n    ";
    text += "        values[" + python_literal(member.feature->name) + "] = " + field + "\n";
  }
  text +=
      "        return values\n\n    @staticmethod\n    def _output(answer: Mapping[str, Any]) -> " +
      plan.class_name + "Output:\n        return " + plan.class_name + "Output(\n";
  for (const Member& member : plan.outputs) {
    const std::string name = python_literal(member.feature->name);
    text += "            " + member.name + "=" +
            (member.feature->optional ? "answer.get(" + name + ")" : "answer[" + name + "]") +
            ",\n";
  }
  return text + "        )\n";
}

}  // namespace

std::string python_module(const ClassPlan& plan) {
  const std::string& name = plan.class_name;
  std::vector<std::string> words = words_of(plan);
  words.push_back("Predictions may run on many threads at once.");
  std::string text =
      docstring(
          {"The Core ML model " + plan.model_name +
           " as a class. Made by \"pome generate\": " + "edits are lost when it is made again."},
          0) +
      "\n" + imports(plan) + label_enum(plan) +
      data_class("Input", "What the model takes.", plan.inputs, plan) +
      data_class("Output", "What the model gives.", plan.outputs, plan) + "\n\nclass " + name +
      ":\n" + docstring(words, 4) + "\n    Input = " + name + "Input\n    Output = " + name +
      "Output\n";
  if (!plan.label_names.empty()) text += "    Label = " + name + "Label\n";
  return text + feature_table("_INPUTS", plan.inputs) + feature_table("_OUTPUTS", plan.outputs) +
         loads(plan) + predictions(plan) + conversions(plan);
}

}  // namespace pome::generate
