#include "pipeline/wiring.h"

#include <map>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "pipeline/bridge.h"

namespace pome::pipeline {
namespace {

/// Who makes the latest value of a name.
struct Made {
  size_t slot = 0;
  int provider = 0;
  const FeatureDescription* feature = nullptr;
};
using Names = std::map<std::string_view, Made>;

Error nobody_makes(const FeatureDescription& feature, const Names& made) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : made) names.emplace_back(name);
  return Error(ErrorCode::kInvalidModel, quoted(feature.name) +
                                             " is neither an input of the pipeline nor an output "
                                             "of an earlier part; there are " +
                                             quoted_list(names) + "." +
                                             did_you_mean(feature.name, names));
}

Result<Made> find(const FeatureDescription& feature, const Names& made) {
  const auto found = made.find(feature.name);
  if (found == made.end()) return nobody_makes(feature, made);
  if (!may_become(*found->second.feature, feature)) {
    return Error(ErrorCode::kInvalidModel, quoted(feature.name) + " is made as " +
                                               found->second.feature->type_text() +
                                               " and wanted as " + feature.type_text());
  }
  return found->second;
}

Status connect_inputs(Part& part, const Names& made, const std::vector<size_t>& provider_sizes) {
  bool same = true;
  int provider = -1;
  for (const FeatureDescription& feature : part.predictor->description().inputs) {
    POME_ASSIGN(const Made source, find(feature, made));
    same = same && (provider < 0 || provider == source.provider);
    provider = source.provider;
    part.inputs.push_back(source.slot);
  }
  if (same && provider >= 0 && provider_sizes[static_cast<size_t>(provider)] == part.inputs.size())
    part.whole = provider;
  return {};
}

}  // namespace

Result<Wiring> connect(const ModelDescription& description, std::vector<Part> parts) {
  Wiring wiring;
  wiring.parts = std::move(parts);
  Names made;
  std::vector<size_t> provider_sizes;
  const auto add = [&](const std::vector<FeatureDescription>& features) {
    for (const FeatureDescription& feature : features)
      made[feature.name] = {wiring.slots++, static_cast<int>(provider_sizes.size()), &feature};
    provider_sizes.push_back(features.size());
  };
  add(description.inputs);
  for (Part& part : wiring.parts) {
    Status connected = connect_inputs(part, made, provider_sizes);
    if (!connected.ok()) return std::move(connected).error().at(part.place);
    part.first_output = wiring.slots;
    add(part.predictor->description().outputs);
  }
  const Part& last = wiring.parts.back();
  wiring.last_is_all = description.outputs.size() == last.predictor->description().outputs.size();
  for (const FeatureDescription& feature : description.outputs) {
    Result<Made> source = find(feature, made);
    if (!source.ok()) return std::move(source).error().at("output " + quoted(feature.name));
    wiring.last_is_all = wiring.last_is_all &&
                         source->slot == last.first_output + wiring.outputs.size() &&
                         source->feature->type == feature.type;
    wiring.outputs.push_back(source->slot);
  }
  return wiring;
}

}  // namespace pome::pipeline
