#include "api/departure.h"

#include <cmath>
#include <set>

#include "api/network.h"
#include "base/half.h"
#include "base/text.h"
#include "base/try.h"
#include "ops/builder.h"

namespace pome::api {
namespace {

using Values = std::map<std::string, Numbers>;

/// Called for each value with the name that it has in this run: that of the program, and " (round
/// n)" from the second time on. True to end the run.
using Visitor = std::function<bool(const ir::Op& op, const std::string& name,
                                   const ops::TensorView& value, Numbers numbers)>;

Numbers numbers_of(const ops::TensorView& value) {
  Numbers numbers;
  numbers.shape.assign(value.shape.begin(), value.shape.end());
  const int64_t n = value.elements();
  numbers.values.reserve(static_cast<size_t>(n));
  for (int64_t i = 0; i < n; ++i) numbers.values.push_back(static_cast<float>(value.real(i)));
  return numbers;
}

void round_to_half(const ops::TensorView& value) {
  if (value.dtype != ir::DType::kFp32) return;
  const int64_t n = value.elements();
  for (int64_t i = 0; i < n; ++i)
    value.as<float>()[i] = half_to_float(float_to_half(value.as<float>()[i]));
}

/// Runs a model; what a visitor ended is no error.
Result<FeatureProvider> run(const TraceableModel& model, const FeatureProvider& inputs,
                            const Visitor& visit) {
  POME_ASSIGN(const auto network,
              make_traced_network(model.source, model.description, model.configuration, inputs));
  std::map<std::string, int> times;
  bool ended = false;
  Result<FeatureProvider> outputs = network->run(
      inputs, {},
      [&](const ir::Op& op, const ir::Value& output, const ops::TensorView& value) -> Status {
        if (value.dtype == ir::DType::kString) return {};
        if (model.rounds) round_to_half(value);
        if (!visit) return {};
        const int round = ++times[output.name()];
        std::string name = output.name();
        if (round > 1) name += " (round " + std::to_string(round) + ")";
        ended = visit(op, name, value, numbers_of(value));
        return ended ? Status(Error(ErrorCode::kCancelled, "enough was seen")) : Status();
      });
  if (!outputs.ok() && ended) return FeatureProvider();
  return outputs;
}

/// What can be told of why a result is not finite; empty where it is.
std::string reason_of(const TraceableModel& model, const Departure& departure,
                      const ValueRange& result) {
  if (result.not_finite == 0) return {};
  std::string text;
  for (const ValueRange& input : departure.inputs) {
    const double reach = std::abs(input.min) > std::abs(input.max) ? input.min : input.max;
    char number[32];
    std::snprintf(number, sizeof(number), "%.4g", reach);
    text += (text.empty() ? "" : ", ") + ("input " + quoted(input.name)) + " reaches " + number;
    if (input.not_finite > 0)
      text += " and has " + std::to_string(input.not_finite) + " elements that are not finite";
  }
  text += (text.empty() ? "" : "; ") + std::to_string(result.not_finite) +
          (result.not_finite == 1 ? " element of the result is" : " elements of the result are") +
          " not finite";
  return model.rounds ? text + ": float16 ends at 65504" : text;
}

/// Looks at the model's values one after the other.
class Finder {
 public:
  Finder(const TraceableModel& model, const FeatureProvider& inputs, double tolerance)
      : model_(model), tolerance_(tolerance) {
    for (const auto& [name, value] : inputs)
      ranges_[name] = range_of(name, api::numbers_of(value).values);
  }

  /// Runs the model once against these; values that were found in an earlier call count once.
  Status look(const FeatureProvider& inputs, const Values& expected) {
    int64_t position = 0;
    const ir::Op* last = nullptr;
    const auto visit = [&](const ir::Op& op, const std::string& name, const ops::TensorView&,
                           const Numbers& numbers) {
      if (last != nullptr && last != &op) ++position;
      last = &op;
      const ValueRange range =
          range_of(op.outputs().size() == 1 ? op.output()->name() : name, numbers.values);
      const auto found = expected.find(name);
      if (found == expected.end() || !same_extents(numbers.shape, found->second.shape) ||
          numbers.values.size() != found->second.values.size()) {
        ranges_[range.name] = range;
        return false;
      }
      search_.matched += seen_.insert(name).second ? 1 : 0;
      ValueDifference d = difference(name, numbers, found->second, tolerance_);
      if (!d.within) depart(op, position, std::move(d), range);
      ranges_[range.name] = range;
      return search_.first.has_value();
    };
    POME_TRY(run(model_, inputs, visit));
    return {};
  }

  const Search& search() const { return search_; }

 private:
  void depart(const ir::Op& op, int64_t position, ValueDifference d, const ValueRange& result) {
    Departure departure;
    departure.position = position;
    departure.op = op.outputs().empty() ? op.name() : op.output()->name();
    departure.kind = op.kind();
    departure.difference = std::move(d);
    std::set<std::string> told;
    for (const ir::Argument& argument : op.arguments()) {
      for (const ir::Operand& operand : argument.operands) {
        if (operand.value == nullptr || !told.insert(operand.value->name()).second) continue;
        const auto range = ranges_.find(operand.value->name());
        if (range != ranges_.end()) departure.inputs.push_back(range->second);
      }
    }
    departure.reason = reason_of(model_, departure, result);
    search_.first = std::move(departure);
  }

  const TraceableModel& model_;
  double tolerance_;
  std::map<std::string, ValueRange> ranges_;
  std::set<std::string> seen_;
  Search search_;
};

}  // namespace

Result<FeatureProvider> traced_prediction(const TraceableModel& model,
                                          const FeatureProvider& inputs) {
  return run(model, inputs, nullptr);
}

Result<Search> find_departure(const TraceableModel& model, const TraceableModel& reference,
                              const FeatureProvider& inputs, double tolerance,
                              uint64_t window_bytes) {
  Finder finder(model, inputs, tolerance);
  for (int64_t from = 0, next = 0; from >= 0; from = next) {
    Values window;
    uint64_t bytes = 0;
    int64_t position = 0;
    next = -1;
    POME_TRY(
        run(reference, inputs,
            [&](const ir::Op&, const std::string& name, const ops::TensorView&, Numbers numbers) {
              const int64_t here = position++;
              if (here < from) return false;
              bytes += numbers.values.size() * sizeof(float);
              // One value at least, or there would be no end.
              if (bytes > window_bytes && here > from) {
                next = here;
                return true;
              }
              window[name] = std::move(numbers);
              return false;
            }));
    POME_TRY(finder.look(inputs, window));
    if (finder.search().first) break;
  }
  return finder.search();
}

Result<Search> find_departure(const TraceableModel& model, const FeatureProvider& recorded,
                              const FeatureProvider& inputs, double tolerance) {
  Values expected;
  for (const auto& [name, value] : recorded) {
    // Blobs of neural networks may have names that a program's values cannot.
    expected[ops::Builder::identifier(name)] = expected[name] = api::numbers_of(value);
  }
  Finder finder(model, inputs, tolerance);
  POME_TRY(finder.look(inputs, expected));
  return finder.search();
}

}  // namespace pome::api
