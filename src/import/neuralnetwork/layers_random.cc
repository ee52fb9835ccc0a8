// Random numbers. A seed below 0 is none; the numbers are not those of Apple's engines
// (ops/random.h).
#include <array>

#include "import/neuralnetwork/layers.h"

namespace pome::import {
namespace {

using Layer = spec::NeuralNetworkLayer;
using Args = std::vector<std::pair<std::string, ops::Arg>>;

/// A 64-bit seed as the 31 bits that MIL has.
int seed_of(int64_t seed) {
  if (seed < 0) return -1;
  return static_cast<int>((seed ^ (seed >> 31)) & 0x7fffffff);
}

Args numbers(const spec::RandomNormalStaticLayerParams& p) {
  return {{"mean", p.mean()}, {"stddev", p.stddev()}};
}
Args numbers(const spec::RandomNormalLikeLayerParams& p) {
  return {{"mean", p.mean()}, {"stddev", p.stddev()}};
}
Args numbers(const spec::RandomNormalDynamicLayerParams& p) {
  return {{"mean", p.mean()}, {"stddev", p.stddev()}};
}
Args numbers(const spec::RandomUniformStaticLayerParams& p) {
  return {{"low", p.minval()}, {"high", p.maxval()}};
}
Args numbers(const spec::RandomUniformLikeLayerParams& p) {
  return {{"low", p.minval()}, {"high", p.maxval()}};
}
Args numbers(const spec::RandomUniformDynamicLayerParams& p) {
  return {{"low", p.minval()}, {"high", p.maxval()}};
}
template <typename Params>
Args numbers(const Params& p) {
  return {{"prob", p.prob()}};
}

template <typename Params>
void draw(Lowering& l, std::string_view kind, const Params& p, ops::Arg shape) {
  Args args = numbers(p);
  args.emplace_back("shape", std::move(shape));
  args.emplace_back("seed", seed_of(p.seed()));
  ir::Op* op = l.add_op(kind, args);
  if (op != nullptr) l.out(op->output());
}

template <typename Params>
void draw_static(Lowering& l, std::string_view kind, const Params& p) {
  if (l.check_inputs(0, 0))
    draw(l, kind, p, ops::Arg::ints(l.shape_of(p.outputshape(), "outputShape")));
}

template <typename Params>
void draw_like(Lowering& l, std::string_view kind, const Params& p) {
  if (!l.check_inputs(1, 1)) return;
  if (l.shape().known()) return draw(l, kind, p, ops::Arg::ints(l.shape()));
  ir::Value* shape = l.add("shape", {{"x", l.in()}});
  if (shape != nullptr) draw(l, kind, p, shape);
}

template <typename Params>
void draw_dynamic(Lowering& l, std::string_view kind, const Params& p) {
  if (!l.check_inputs(1, 1)) return;
  ir::Value* shape = l.cast(l.in(), "int32");
  if (shape != nullptr) draw(l, kind, p, shape);
}

/// The last axis holds probabilities, or their logarithms.
void categorical(Lowering& l) {
  if (!l.check_inputs(1, 1)) return;
  const auto& p = l.layer().categoricaldistribution();
  ir::Value* x = l.in();
  if (!p.islogits()) {
    const double epsilon = p.eps() == 0 ? 1e-10 : p.eps();
    x = l.add("log", {{"x", x}, {"epsilon", epsilon}});
  }
  const double temperature = p.temperature() == 0 ? 1 : p.temperature();
  if (temperature != 1) x = l.add("mul", {{"x", x}, {"y", 1 / temperature}});
  const uint64_t samples = p.numsamples() < 0 ? 0 : static_cast<uint64_t>(p.numsamples());
  l.out(l.add("random_categorical", {{"x", x},
                                     {"size", static_cast<int>(l.size(samples, "numSamples", 1))},
                                     {"seed", seed_of(p.seed())}}));
}

constexpr auto kRandomRows = std::to_array<LayerRow>({
    {Layer::kRandomNormalLike,
     [](Lowering& l) { draw_like(l, "random_normal", l.layer().randomnormallike()); }},
    {Layer::kRandomNormalStatic,
     [](Lowering& l) { draw_static(l, "random_normal", l.layer().randomnormalstatic()); }},
    {Layer::kRandomNormalDynamic,
     [](Lowering& l) { draw_dynamic(l, "random_normal", l.layer().randomnormaldynamic()); }},
    {Layer::kRandomUniformLike,
     [](Lowering& l) { draw_like(l, "random_uniform", l.layer().randomuniformlike()); }},
    {Layer::kRandomUniformStatic,
     [](Lowering& l) { draw_static(l, "random_uniform", l.layer().randomuniformstatic()); }},
    {Layer::kRandomUniformDynamic,
     [](Lowering& l) { draw_dynamic(l, "random_uniform", l.layer().randomuniformdynamic()); }},
    {Layer::kRandomBernoulliLike,
     [](Lowering& l) { draw_like(l, "random_bernoulli", l.layer().randombernoullilike()); }},
    {Layer::kRandomBernoulliStatic,
     [](Lowering& l) { draw_static(l, "random_bernoulli", l.layer().randombernoullistatic()); }},
    {Layer::kRandomBernoulliDynamic,
     [](Lowering& l) { draw_dynamic(l, "random_bernoulli", l.layer().randombernoullidynamic()); }},
    {Layer::kCategoricalDistribution, categorical},
});

}  // namespace

std::span<const LayerRow> random_layers() { return kRandomRows; }

}  // namespace pome::import
