#include "classic/class_outputs.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <variant>

#include "base/text.h"
#include "base/try.h"

namespace pome::classic {
namespace {

bool has_texts(const ClassLabels& labels) {
  return std::holds_alternative<std::vector<std::string>>(labels);
}

/// The place of the output `name` or, where there is no name, of the only one that `fits`; -1 when
/// there is none.
template <typename Fits>
int find_output(const std::vector<FeatureDescription>& outputs, const std::string& name,
                const Fits& fits) {
  int found = -1;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (name.empty() ? !fits(outputs[i]) : outputs[i].name != name) continue;
    if (found >= 0) return -1;
    found = static_cast<int>(i);
  }
  return found;
}

}  // namespace

size_t first_maximum(std::span<const double> scores) {
  size_t best = 0;
  bool any = false;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (any ? scores[i] > scores[best] : scores[i] == scores[i]) {
      best = i;
      any = true;
    }
  }
  return best;
}

Result<ClassOutputs> ClassOutputs::create(const ModelDescription& description, size_t classes) {
  const ClassLabels labels = description.class_labels.value_or(ClassLabels());
  const size_t size = std::visit([](const auto& l) { return l.size(); }, labels);
  if (size == 0) return Error(ErrorCode::kInvalidModel, "the classifier has no labels");
  if (size != classes) {
    return Error(ErrorCode::kInvalidModel,
                 "the classifier has " + std::to_string(size) + (size == 1 ? " label" : " labels") +
                     " for " + std::to_string(classes) + (classes == 1 ? " class" : " classes"));
  }
  return create(description, labels);
}

Result<ClassOutputs> ClassOutputs::create(const ModelDescription& description, ClassLabels labels) {
  ClassOutputs outputs;
  outputs.size_ = std::visit([](const auto& l) { return l.size(); }, labels);
  outputs.labels_ = std::move(labels);
  POME_TRY(outputs.sort_labels());
  POME_TRY(outputs.bind(description));
  return outputs;
}

Status ClassOutputs::sort_labels() {
  sorted_.resize(size_);
  std::iota(sorted_.begin(), sorted_.end(), size_t{0});
  const auto sort = [this](const auto& labels) -> Status {
    std::sort(sorted_.begin(), sorted_.end(),
              [&](size_t a, size_t b) { return labels[a] < labels[b]; });
    for (size_t i = 1; i < size_; ++i) {
      const auto& label = labels[sorted_[i]];
      if (label != labels[sorted_[i - 1]]) continue;
      const FeatureValue value(label);
      const std::string text = value.type() == FeatureType::kString ? quoted(value.string())
                                                                    : std::to_string(value.int64());
      return Error(ErrorCode::kInvalidModel, "the class label " + text + " stands twice");
    }
    return {};
  };
  return std::visit(sort, labels_);
}

Status ClassOutputs::bind(const ModelDescription& description) {
  const bool texts = has_texts(labels_);
  const FeatureType label_type = texts ? FeatureType::kString : FeatureType::kInt64;
  const auto& outputs = description.outputs;
  label_at_ = find_output(outputs, description.predicted_feature_name,
                          [&](const FeatureDescription& o) { return o.type == label_type; });
  probabilities_at_ =
      find_output(outputs, description.predicted_probabilities_name,
                  [&](const FeatureDescription& o) { return o.type == FeatureType::kDictionary; });
  for (size_t i = 0; i < outputs.size(); ++i) {
    const FeatureDescription& output = outputs[i];
    const bool is_label = static_cast<int>(i) == label_at_;
    const bool is_dictionary = static_cast<int>(i) == probabilities_at_;
    std::string wrong;
    if (!is_label && !is_dictionary) {
      wrong = "a classifier gives a label and probabilities; nothing is written to this output";
    } else if (is_label && output.type != label_type) {
      wrong = std::string("the labels are ") + (texts ? "text" : "Int64") + ", the output is " +
              output.type_text();
    } else if (is_dictionary &&
               (output.type != FeatureType::kDictionary || output.int64_keys == texts)) {
      wrong = std::string("probabilities are a Dictionary by ") + (texts ? "String" : "Int64") +
              ", the output is " + output.type_text();
    }
    if (!wrong.empty())
      return Error(ErrorCode::kInvalidModel, wrong).at("output " + quoted(output.name));
    names_.push_back(output.name);
  }
  if (label_at_ >= 0 || probabilities_at_ >= 0) return {};
  return Error(ErrorCode::kInvalidModel, "the classifier describes no output for its label " +
                                             quoted(description.predicted_feature_name));
}

FeatureValue ClassOutputs::dictionary(std::span<const double> probabilities) const {
  const auto fill = [&](auto dictionary, const auto& labels) {
    for (const size_t c : sorted_)
      if (c < probabilities.size())
        dictionary.emplace_hint(dictionary.end(), labels[c], probabilities[c]);
    return FeatureValue(std::move(dictionary));
  };
  if (has_texts(labels_))
    return fill(StringDictionary(), std::get<std::vector<std::string>>(labels_));
  return fill(Int64Dictionary(), std::get<std::vector<int64_t>>(labels_));
}

void ClassOutputs::write(FeatureValue label, std::span<const double> probabilities,
                         FeatureProvider& outputs) const {
  for (size_t i = 0; i < names_.size(); ++i) {
    if (static_cast<int>(i) == label_at_) {
      outputs.set(names_[i], std::move(label));
    } else {
      outputs.set(names_[i], dictionary(probabilities));
    }
  }
}

void ClassOutputs::write(size_t best, std::span<const double> probabilities,
                         FeatureProvider& outputs) const {
  write(std::visit([&](const auto& labels) { return FeatureValue(labels[best]); }, labels_),
        probabilities, outputs);
}

}  // namespace pome::classic
