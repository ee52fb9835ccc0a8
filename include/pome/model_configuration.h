// How a model is loaded and run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "pome/custom.h"
#include "pome/image.h"

#pragma GCC visibility push(default)

namespace pome {

/// Where a model may run: Core ML's MLComputeUnits. Only the CPU exists today; the others run on
/// the CPU too.
enum class ComputeUnits : int { kAll, kCpuOnly, kCpuAndGpu, kCpuAndNeuralEngine };
std::string_view to_string(ComputeUnits units);

/// Core ML's MLModelConfiguration. A plain value.
struct ModelConfiguration {
  ComputeUnits compute_units = ComputeUnits::kAll;
  /// Threads that share one prediction. 1 runs it in the caller's thread alone, without a pool; 0
  /// is one for each CPU the process may use (its affinity, and the limit of its control group).
  int threads = 0;
  /// Bytes that loading and running the model may allocate in all; an Error of code kLimitExceeded
  /// beyond.
  uint64_t memory_limit = uint64_t{4} << 30;
  /// The function of a multi-function ML program; empty is the default one.
  std::string function_name;
  /// How many compiled forms of a network with flexible inputs are kept beside that of the default
  /// shapes, one for each set of input shapes; the one not used for longest goes first, also where
  /// all together would exceed memory_limit. 0 keeps none: every other shape is compiled anew.
  int plan_cache_size = 8;
  /// How many operations control flow (loops, branches, values whose size is data) may run in one
  /// prediction: a loop without exit ends with an Error of code kLimitExceeded that names it.
  int64_t instruction_budget = 10'000'000;
  /// Kernels, fused steps among them, that are not to be used, by the names that compute_plan() and
  /// `pome plan` show ("expand_depthwise_project"): to measure what one brings, or to get around
  /// it. A name that no kernel has changes nothing, and `note` says so; the reference is always
  /// there.
  std::vector<std::string> without_kernels;
  /// Runs every op in the precision the model declares, rounding to float16 after each float16 op:
  /// slow; finds overflow that a float16 device would have.
  bool emulate_float16 = false;
  /// The folder in which compiled networks are kept, packed weights and all, so that the next
  /// process need not compile them again: nothing where it is not set; $XDG_CACHE_HOME/pome (or
  /// $HOME/.cache/pome) where it is empty. Only networks of fixed shapes without custom layers are
  /// kept. A folder or file that others may have written is not trusted, and what is damaged is
  /// compiled anew; `note` says so.
  std::optional<std::filesystem::path> compiled_cache;
  /// Bytes of all files in that folder; what was not used for longest goes first.
  uint64_t compiled_cache_limit = uint64_t{4} << 30;
  /// Called while a model loads with what was given up or ignored, a sentence each time.
  std::function<void(const std::string& sentence)> note;
  /// The folder of the models that linkedModel models name; nothing outside of it is opened. Empty:
  /// such models are an error.
  std::filesystem::path linked_model_search_path;
  /// What makes the layers and models of the classes that files name; a class that is not here is
  /// an error when the model is loaded.
  CustomLayerFactories custom_layers;
  std::map<std::string, CustomModelFactory> custom_models;
};

/// How one prediction is run. A plain value.
struct PredictionOptions {
  /// How a picture of another size is fitted to an image input.
  CropAndScale crop_and_scale = CropAndScale::kScaleFill;
  /// Stops the prediction from another thread: std::stop_source::request_stop(). It is looked at
  /// between the steps of a network and ends in an Error of code kCancelled. A token without a
  /// source, which this is by default, costs nothing.
  std::stop_token cancellation;
};

}  // namespace pome

#pragma GCC visibility pop
