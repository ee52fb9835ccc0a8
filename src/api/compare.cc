#include "pome/compare.h"

#include <algorithm>
#include <random>
#include <utility>

#include "api/departure.h"
#include "api/example.h"
#include "api/load.h"
#include "base/text.h"
#include "base/try.h"
#include "feature/state_buffers.h"
#include "import/description.h"

namespace pome {
namespace {

constexpr uint64_t kWindowBytes = uint64_t{1} << 30;  // of a reference's values kept at once

/// A model that predicts, and can be looked into where it is a network. Its states are zero before
/// the first prediction; op by op they are before each.
struct Side {
  api::TraceableModel traceable;
  std::unique_ptr<Predictor> predictor;
  std::unique_ptr<StateBuffers> states;

  bool is_network() const { return format::is_network(traceable.description.model_type); }
  bool keeps_states() const { return !states->features().empty(); }
  Result<FeatureProvider> predict(const FeatureProvider& inputs) const {
    return traceable.rounds ? api::traced_prediction(traceable, inputs)
                            : predictor->predict_with_states(inputs, {}, *states);
  }
};

Result<Side> load_side(const std::filesystem::path& path, const CompareOptions& options,
                       bool rounds) {
  POME_ASSIGN(const format::ModelFile file,
              format::ModelFile::load(path, api::file_limits(options.configuration)));
  Side side;
  side.traceable.source = api::source_of(file);
  side.traceable.configuration = options.configuration;
  side.traceable.rounds = rounds;
  POME_ASSIGN(side.traceable.description, import::read_description(file.model()));
  if (rounds && !side.is_network()) {
    return Error(ErrorCode::kUnsupported,
                 "float16 can be emulated for neural networks and ML programs, this is of type " +
                     side.traceable.description.model_type)
        .at(path.string());
  }
  auto predictor = api::make_predictor(side.traceable.source, options.configuration);
  if (!predictor.ok()) return std::move(predictor).error().at(path.string());
  side.predictor = *std::move(predictor);
  auto states = StateBuffers::create(side.predictor->description().states,
                                     options.configuration.memory_limit);
  if (!states.ok()) return std::move(states).error().at(path.string());
  side.states = *std::move(states);
  return side;
}

/// What is emulated runs op by op, from states that are zero each time.
Status check_steps(const Side& side, size_t inputs) {
  if (!side.traceable.rounds || !side.keeps_states() || inputs == 1) return {};
  return Error(ErrorCode::kUnsupported,
               "the model keeps the state " + quoted(side.states->features()[0].name) +
                   " from one prediction to the next; with float16 emulated it is compared on one "
                   "input, " +
                   std::to_string(inputs) + " are given");
}

std::vector<std::string> names_of(const FeatureProvider& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values) names.push_back(name);
  return names;
}

/// What of two predictions is compared: by name, or the only outputs.
Result<std::vector<std::pair<std::string, std::string>>> pairs_of(
    const FeatureProvider& outputs, const FeatureProvider& reference) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : outputs)
    if (reference.find(name) != nullptr) pairs.emplace_back(name, name);
  if (!pairs.empty()) return pairs;
  if (outputs.size() == 1 && reference.size() == 1) {
    pairs.emplace_back(outputs.begin()->first, reference.begin()->first);
    return pairs;
  }
  return Error(ErrorCode::kInvalidArgument,
               "the model and the reference have no output of the same name: " +
                   quoted_list(names_of(outputs)) + ", and " + quoted_list(names_of(reference)));
}

/// Keeps the worse of two differences of one value.
void keep_worse(ValueDifference& kept, ValueDifference d) {
  const bool agrees = kept.argmax_agrees && d.argmax_agrees;
  const bool within = kept.within && d.within;
  const double psnr = std::min(kept.psnr, d.psnr);
  const double absolute = std::max(kept.max_absolute, d.max_absolute);
  const double relative = std::max(kept.max_relative, d.max_relative);
  const int64_t not_finite = std::max(kept.not_finite, d.not_finite);
  kept = std::move(d);
  kept.argmax_agrees = agrees;
  kept.within = within;
  kept.psnr = psnr;
  kept.max_absolute = absolute;
  kept.max_relative = relative;
  kept.not_finite = not_finite;
}

/// Adds the differences of one prediction; returns the largest, relative.
Result<double> add_differences(const FeatureProvider& outputs, const FeatureProvider& reference,
                               double tolerance, Comparison& comparison) {
  POME_ASSIGN(const auto pairs, pairs_of(outputs, reference));
  double worst = 0;
  for (const auto& [name, other] : pairs) {
    ValueDifference d = api::difference(name, api::numbers_of(outputs[name]),
                                        api::numbers_of(reference[other]), tolerance);
    worst = std::max(worst, d.within ? 0 : d.max_relative);
    if (!d.within && worst == 0) worst = 1;  // texts that differ
    comparison.within = comparison.within && d.within;
    auto kept = std::find_if(comparison.outputs.begin(), comparison.outputs.end(),
                             [&](const ValueDifference& k) { return k.name == d.name; });
    if (kept == comparison.outputs.end()) {
      comparison.outputs.push_back(std::move(d));
    } else {
      keep_worse(*kept, std::move(d));
    }
  }
  return worst;
}

void take(Result<api::Search> search, Comparison& comparison) {
  if (!search.ok()) {
    comparison.no_first_reason = search.error().to_string();
    return;
  }
  comparison.first = std::move(search->first);
  comparison.matched_values = search->matched;
  if (!comparison.first) {
    comparison.no_first_reason =
        search->matched == 0 ? "the two have no intermediate value of the same name"
                             : "no intermediate value that both have by name departs, run op by "
                               "op on the references";
  }
}

Error at_input(Error error, size_t i, size_t count, const std::filesystem::path& path) {
  if (count > 1) error.at("input " + std::to_string(i));
  return std::move(error).at(path.string());
}

}  // namespace

Result<Comparison> compare(const std::filesystem::path& model,
                           const std::filesystem::path& reference,
                           std::span<const FeatureProvider> inputs, const CompareOptions& options) {
  if (inputs.empty())
    return Error(ErrorCode::kInvalidArgument, "no inputs to compare on; at least one is expected");
  auto a = load_side(model, options, options.emulate_float16);
  if (!a.ok()) return std::move(a).error();
  auto b = load_side(reference, options, false);
  if (!b.ok()) return std::move(b).error();
  if (Status steps = check_steps(*a, inputs.size()); !steps.ok())
    return std::move(steps).error().at(model.string());
  const bool in_steps = a->keeps_states() || b->keeps_states();
  Comparison comparison;
  double worst = 0;
  // Of steps the first that departs: those behind it start from others' states.
  size_t at_worst = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto outputs = a->predict(inputs[i]);
    if (!outputs.ok()) return at_input(std::move(outputs).error(), i, inputs.size(), model);
    auto expected = b->predict(inputs[i]);
    if (!expected.ok()) return at_input(std::move(expected).error(), i, inputs.size(), reference);
    POME_ASSIGN(const double apart,
                add_differences(*outputs, *expected, options.tolerance, comparison));
    if (in_steps ? apart > 0 && worst == 0 : apart > worst) {
      worst = apart;
      at_worst = i;
    }
  }
  if (comparison.within) return comparison;
  if (!a->is_network() || !b->is_network()) {
    comparison.no_first_reason = "only the ops of networks are looked into; these are of types " +
                                 a->traceable.description.model_type + " and " +
                                 b->traceable.description.model_type;
    return comparison;
  }
  if (in_steps && at_worst > 0) {
    comparison.no_first_reason =
        "the two depart at input " + std::to_string(at_worst) +
        ", from states that the inputs before it made; ops are looked into from states that are "
        "zero";
    return comparison;
  }
  take(api::find_departure(a->traceable, b->traceable, inputs[at_worst], options.tolerance,
                           kWindowBytes),
       comparison);
  return comparison;
}

Result<Comparison> compare(const std::filesystem::path& model, const FeatureProvider& recorded,
                           const FeatureProvider& inputs, const CompareOptions& options) {
  auto side = load_side(model, options, options.emulate_float16);
  if (!side.ok()) return std::move(side).error();
  auto outputs = side->predict(inputs);
  if (!outputs.ok()) return std::move(outputs).error().at(model.string());
  Comparison comparison;
  POME_TRY(add_differences(*outputs, recorded, options.tolerance, comparison));
  if (comparison.within) return comparison;
  if (side->is_network()) {
    take(api::find_departure(side->traceable, recorded, inputs, options.tolerance), comparison);
  } else {
    comparison.no_first_reason = "only the ops of networks are looked into; this is of type " +
                                 side->traceable.description.model_type;
  }
  return comparison;
}

Result<FeatureProvider> random_inputs(const ModelDescription& description, uint64_t seed) {
  // Bits of the generator alone: the standard's distributions differ between libraries.
  std::mt19937_64 generator(seed);
  return api::example_inputs(
      description, {[&](int64_t) { return static_cast<double>(generator() >> 11) * 0x1p-52 - 1; },
                    [&](int64_t) { return static_cast<int64_t>(generator() % 4); },
                    [&](int64_t) { return static_cast<uint8_t>(generator() >> 56); }});
}

}  // namespace pome
