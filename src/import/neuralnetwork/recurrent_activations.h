// The activations of recurrent layers. Internal to this folder.
#pragma once

#include <string_view>
#include <vector>

#include "import/neuralnetwork/lowering.h"
#include "ops/recurrent.h"

namespace pome::import {

/// The activations of one layer (or of one of its directions) as MIL names them, with their
/// numbers. A list shorter than `defaults` is filled up from them. Other activations than linear,
/// sigmoid, tanh, scaledTanh, sigmoidHard and ReLU fail.
class RecurrentActivations {
 public:
  RecurrentActivations(Lowering& l,
                       const google::protobuf::RepeatedPtrField<spec::ActivationParams>& given,
                       const std::vector<std::string_view>& defaults);
  RecurrentActivations(Lowering& l, const std::vector<const spec::ActivationParams*>& given,
                       const std::vector<std::string_view>& defaults);

  /// Adds them under the parameters' names, and their numbers where MIL's would be others.
  void add_to(std::vector<std::pair<std::string, ops::Arg>>& args,
              const std::vector<std::string_view>& params) const;
  /// True where the numbers are not those that MIL's ops take.
  bool has_numbers() const;
  /// True where an argument beyond 50 makes no difference to activation `i`.
  bool saturates(size_t i) const { return items_[i].function.saturates(); }
  bool operator==(const RecurrentActivations& other) const;

 private:
  struct Item {
    std::string_view name;
    ops::RecurrentActivation function;
    bool has_numbers = false;
  };
  static Item item(Lowering& l, const spec::ActivationParams& p, std::string_view fallback);

  std::vector<Item> items_;
};

}  // namespace pome::import
