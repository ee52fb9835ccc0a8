#include "import/neuralnetwork/recurrent_activations.h"

namespace pome::import {
namespace {

using Kind = ops::RecurrentActivation::Kind;

Kind kind_of(std::string_view name) {
  if (name == "sigmoid") return Kind::kSigmoid;
  if (name == "tanh") return Kind::kTanh;
  if (name == "relu") return Kind::kRelu;
  if (name == "linear") return Kind::kLinear;
  return name == "hard_sigmoid" ? Kind::kHardSigmoid : Kind::kScaledTanh;
}

}  // namespace

/// Both numbers 0 means that the message was left empty: MIL's numbers hold.
RecurrentActivations::Item RecurrentActivations::item(Lowering& l, const spec::ActivationParams& p,
                                                      std::string_view fallback) {
  using Params = spec::ActivationParams;
  const auto with = [](std::string_view name, float alpha, float beta, double unset_alpha,
                       double unset_beta) {
    const bool unset = alpha == 0 && beta == 0;
    const bool same =
        alpha == static_cast<float>(unset_alpha) && beta == static_cast<float>(unset_beta);
    Item i{name, {kind_of(name), alpha, beta}, !unset && !same};
    if (!i.has_numbers) i.function = {i.function.kind, unset_alpha, unset_beta};
    return i;
  };
  switch (p.NonlinearityType_case()) {
    case Params::kSigmoid:
      return with("sigmoid", 0, 0, 0, 0);
    case Params::kTanh:
      return with("tanh", 0, 0, 0, 0);
    case Params::kReLU:
      return with("relu", 0, 0, 0, 0);
    case Params::kLinear:
      return with("linear", p.linear().alpha(), p.linear().beta(), 1, 0);
    case Params::kSigmoidHard:
      return with("hard_sigmoid", p.sigmoidhard().alpha(), p.sigmoidhard().beta(), 0.2, 0.5);
    case Params::kScaledTanh:
      return with("scaled_tanh", p.scaledtanh().alpha(), p.scaledtanh().beta(), 1, 1);
    case Params::NONLINEARITYTYPE_NOT_SET:
      return with(fallback, 0, 0, 0, 0);
    default:
      l.fail(ErrorCode::kUnsupported,
             "a recurrent layer's activation is one of linear, sigmoid, tanh, scaledTanh, "
             "sigmoidHard and ReLU; field " +
                 std::to_string(static_cast<int>(p.NonlinearityType_case())) +
                 " of ActivationParams is set");
      return with(fallback, 0, 0, 0, 0);
  }
}

RecurrentActivations::RecurrentActivations(
    Lowering& l, const google::protobuf::RepeatedPtrField<spec::ActivationParams>& given,
    const std::vector<std::string_view>& defaults) {
  for (size_t i = 0; i < defaults.size(); ++i) {
    const auto k = static_cast<int>(i);
    items_.push_back(item(
        l, k < given.size() ? given[k] : spec::ActivationParams::default_instance(), defaults[i]));
  }
}

RecurrentActivations::RecurrentActivations(Lowering& l,
                                           const std::vector<const spec::ActivationParams*>& given,
                                           const std::vector<std::string_view>& defaults) {
  for (size_t i = 0; i < defaults.size(); ++i) items_.push_back(item(l, *given[i], defaults[i]));
}

void RecurrentActivations::add_to(std::vector<std::pair<std::string, ops::Arg>>& args,
                                  const std::vector<std::string_view>& params) const {
  for (size_t i = 0; i < items_.size(); ++i) args.emplace_back(params[i], items_[i].name);
  if (!has_numbers()) return;
  std::vector<float> alpha;
  std::vector<float> beta;
  for (const Item& i : items_) {
    alpha.push_back(static_cast<float>(i.function.alpha));
    beta.push_back(static_cast<float>(i.function.beta));
  }
  args.emplace_back("alpha", ir::Literal::floats(alpha));
  args.emplace_back("beta", ir::Literal::floats(beta));
}

bool RecurrentActivations::has_numbers() const {
  for (const Item& i : items_)
    if (i.has_numbers) return true;
  return false;
}

bool RecurrentActivations::operator==(const RecurrentActivations& other) const {
  for (size_t i = 0; i < items_.size(); ++i) {
    const Item& a = items_[i];
    const Item& b = other.items_[i];
    if (a.name != b.name || a.function.alpha != b.function.alpha ||
        a.function.beta != b.function.beta)
      return false;
  }
  return true;
}

}  // namespace pome::import
