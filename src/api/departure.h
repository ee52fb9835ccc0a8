// Finds the first op whose result departs.
#pragma once

#include <map>
#include <memory>

#include "api/difference.h"
#include "api/factory.h"

namespace pome::api {

/// A network that can be looked into: what make_traced_network() wants.
struct TraceableModel {
  ModelSource source;
  ModelDescription description;
  ModelConfiguration configuration;
  /// Rounds what ops make to float16.
  bool rounds = false;
};

/// Predicts op by op.
Result<FeatureProvider> traced_prediction(const TraceableModel& model,
                                          const FeatureProvider& inputs);

/// What finding gave: `first` empty when no value that both have departs.
struct Search {
  std::optional<Departure> first;
  int64_t matched = 0;
};

/// Runs `reference` and `model` op by op on `inputs`; values are matched by name (those of loops
/// also by the round). What the reference makes is kept in windows of at most `window_bytes`: a
/// large network is run several times.
Result<Search> find_departure(const TraceableModel& model, const TraceableModel& reference,
                              const FeatureProvider& inputs, double tolerance,
                              uint64_t window_bytes);
/// The same against recorded values.
Result<Search> find_departure(const TraceableModel& model, const FeatureProvider& recorded,
                              const FeatureProvider& inputs, double tolerance);

}  // namespace pome::api
