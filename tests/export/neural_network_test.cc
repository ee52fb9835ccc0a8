// Programs written as neural networks and read back give the same numbers, in the oldest
// specification version that can say them.
#include <gtest/gtest.h>

#include <functional>

#include "export/export.h"
#include "format/proto/model.pb.h"
#include "tests/export/built_network.h"
#include "tests/support/evaluate.h"

namespace pome {
namespace {

using ops::Arg;
using testing::BuiltNetwork;
using testing::difference;
using testing::evaluate;
using testing::read_back;
using testing::Tensors;
using testing::through_bytes;

Tensors inputs_for(const ir::Function& f, double lo, double hi) {
  Tensors inputs;
  for (const auto& input : f.body.inputs())
    inputs.emplace(input->name(), testing::random_tensor(input->shape(), 77, lo, hi));
  return inputs;
}

/// Exports, reads back, compares all outputs; returns the specification version.
int expect_round_trip(const ir::Program& program, const ModelDescription& description,
                      double lo = -1, double hi = 1, double tolerance = 1e-5) {
  const auto exported = exporter::to_neuralnetwork({program, description, {}, false});
  EXPECT_TRUE(exported.ok()) << exported.error().to_string();
  if (!exported.ok()) return 0;
  const auto file = through_bytes(*exported);
  EXPECT_TRUE(file.ok()) << file.error().to_string();
  if (!file.ok()) return 0;
  const auto again = read_back(*file);
  EXPECT_TRUE(again.ok()) << again.error().to_string();
  if (!again.ok()) return 0;
  const ir::Function& f = *program.function("main");
  const auto want = evaluate(f, inputs_for(f, lo, hi));
  const auto got = evaluate(*again->program->function("main"), inputs_for(f, lo, hi));
  EXPECT_TRUE(want.ok()) << want.error().to_string();
  EXPECT_TRUE(got.ok()) << got.error().to_string();
  if (!want.ok() || !got.ok()) return 0;
  EXPECT_EQ(got->size(), want->size());
  for (const auto& [name, tensor] : *want) {
    const auto it = got->find(name);
    EXPECT_NE(it, got->end()) << name;
    if (it == got->end()) continue;
    EXPECT_EQ(difference(it->second.view(), tensor.view(), tolerance, tolerance), "") << name;
  }
  return exported->model->specificationversion();
}

// ---- One op after the other, in the world where it belongs.

struct Case {
  const char* name;
  int version;  // expected
  std::function<void(BuiltNetwork&)> build;
  double lo = -1;
  double hi = 1;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

/// y = op(x) on a picture-like array [C,H,W] of the rank-5 world.
std::function<void(BuiltNetwork&)> on_picture(
    const Shape& shape, std::function<ir::Value*(BuiltNetwork&, ir::Value*)> op) {
  return
      [shape, op](BuiltNetwork& n) { n.output_unbatched(op(n, n.batched(n.input("x", shape)))); };
}

/// y = op(x) on an array of any shape, which needs the exact world.
std::function<void(BuiltNetwork&)> on_array(
    const Shape& shape, std::function<ir::Value*(BuiltNetwork&, ir::Value*)> op) {
  return [shape, op](BuiltNetwork& n) { n.output(op(n, n.input("x", shape))); };
}

std::function<ir::Value*(BuiltNetwork&, ir::Value*)> simple(
    std::string kind, std::vector<std::pair<std::string, Arg>> more = {}) {
  return [kind, more](BuiltNetwork& n, ir::Value* x) {
    std::vector<std::pair<std::string, Arg>> args = {{"x", x}};
    args.insert(args.end(), more.begin(), more.end());
    return n.b.add(kind, kind, args);
  };
}

const Shape kPicture = {3, 6, 5};
const std::vector<Case> kRank5Cases = {
      {"conv", 1, on_picture({4, 7, 6}, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("conv", "conv", {{"x", x},
                                         {"weight", n.weights({6, 2, 3, 2})},
                                         {"bias", n.weights({6})},
                                         {"strides", Arg::ints({2, 1})},
                                         {"dilations", Arg::ints({1, 2})},
                                         {"groups", 2},
                                         {"pad_type", "custom"},
                                         {"pad", Arg::ints({1, 0, 2, 1})}});
       })},
      {"conv_same", 1, on_picture({2, 7, 6}, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("conv", "conv", {{"x", x},
                                         {"weight", n.weights({3, 2, 4, 2})},
                                         {"strides", Arg::ints({2, 3})},
                                         {"pad_type", "same"}});
       })},
      {"conv_transpose", 1, on_picture({2, 4, 3}, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("conv_transpose", "up", {{"x", x},
                                                 {"weight", n.weights({2, 3, 4, 3})},
                                                 {"bias", n.weights({3})},
                                                 {"strides", Arg::ints({2, 2})},
                                                 {"pad_type", "custom"},
                                                 {"pad", Arg::ints({1, 1, 0, 1})}});
       })},
      {"max_pool", 1, on_picture(kPicture, simple("max_pool", {{"kernel_sizes", Arg::ints({3, 2})},
                                                        {"strides", Arg::ints({2, 2})},
                                                        {"pad_type", "same"}}))},
      {"max_pool_ceil", 1, on_picture(kPicture, simple("max_pool", {{"kernel_sizes", Arg::ints({3, 2})},
                                                             {"strides", Arg::ints({2, 2})},
                                                             {"pad_type", "custom"},
                                                             {"pad", Arg::ints({1, 1, 0, 0})},
                                                             {"ceil_mode", true}}))},
      {"avg_pool", 1,
       on_picture(kPicture, simple("avg_pool", {{"kernel_sizes", Arg::ints({2, 3})},
                                         {"strides", Arg::ints({1, 2})},
                                         {"pad_type", "custom"},
                                         {"pad", Arg::ints({1, 0, 1, 1})},
                                         {"exclude_padding_from_average", true}}))},
      {"l2_pool", 1, on_picture(kPicture, simple("l2_pool", {{"kernel_sizes", Arg::ints({2, 2})},
                                                      {"strides", Arg::ints({2, 2})},
                                                      {"pad_type", "valid"}}))},
      {"relu6", 1, on_picture(kPicture, simple("relu6")), -10, 10},
      {"clip", 1, on_picture(kPicture, simple("clip", {{"alpha", -0.5f}, {"beta", 0.25f}}))},
      {"silu", 1, on_picture(kPicture, simple("silu"))},
      {"leaky_relu", 1, on_picture(kPicture, simple("leaky_relu", {{"alpha", 0.1f}}))},
      {"elu", 1, on_picture(kPicture, simple("elu", {{"alpha", 0.7f}}))},
      {"sigmoid_hard", 1, on_picture(kPicture, simple("sigmoid_hard", {{"alpha", 0.2f}, {"beta", 0.5f}})),
       -4, 4},
      {"clamped_relu", 1, on_picture(kPicture, simple("clamped_relu", {{"alpha", 0.2f}, {"beta", 0.5f}}))},
      {"prelu", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("prelu", "prelu", {{"x", x}, {"alpha", n.weights({3})->literal()}});
       })},
      {"softmax", 1, on_picture(kPicture, simple("softmax", {{"axis", 1}}))},
      {"batch_norm", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("batch_norm", "bn", {{"x", x},
                                             {"mean", n.weights({3})},
                                             {"variance", n.weights({3}, 0.5, 2)},
                                             {"gamma", n.weights({3})},
                                             {"beta", n.weights({3})},
                                             {"epsilon", 1e-3f}});
       })},
      {"instance_norm", 1, on_picture(kPicture, simple("instance_norm", {{"epsilon", 1e-3f}}))},
      {"layer_norm", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("layer_norm", "ln", {{"x", x},
                                             {"axes", Arg::ints({1, 2, 3})},
                                             {"gamma", n.weights({3, 6, 5})},
                                             {"beta", n.weights({3, 6, 5})},
                                             {"epsilon", 1e-3f}});
       })},
      {"local_response_norm", 1,
       on_picture(kPicture, simple("local_response_norm", {{"size", 3}, {"alpha", 0.1f}}))},
      {"l2_norm", 1, on_picture(kPicture, simple("l2_norm", {{"epsilon", 1e-6f}}))},
      {"reduce_mean", 1, on_picture(kPicture, simple("reduce_mean", {{"axes", Arg::ints({2, 3})},
                                                              {"keep_dims", true}}))},
      {"reduce_max_of_rows", 1,
       on_picture(kPicture, simple("reduce_max", {{"axes", Arg::ints({-2})}, {"keep_dims", true}}))},
      {"reduce_log_sum", 1,
       on_picture(kPicture, simple("reduce_log_sum", {{"axes", Arg::ints({1})}, {"keep_dims", true}})), 0.5,
       2},
      {"add_of_channels", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("add", "add", {{"x", x}, {"y", n.weights({3, 1, 1})}});
       })},
      {"sub_from_channels", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("sub", "sub", {{"x", n.weights({1, 3, 1, 1})}, {"y", x}});
       })},
      {"mul_of_pixels", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("mul", "mul", {{"x", x}, {"y", n.weights({6, 5})}});
       })},
      {"mul_of_columns", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         return n.b.add("mul", "mul", {{"x", x}, {"y", n.weights({5})}});
       })},
      {"div_by_number", 1, on_picture(kPicture, simple("real_div", {{"y", 3.0f}}))},
      {"minimum_of_number", 1, on_picture(kPicture, simple("minimum", {{"y", 0.25f}}))},
      {"pow", 1, on_picture(kPicture, simple("pow", {{"y", 3.0f}}))},
      {"two_values", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         ir::Value* y = n.b.add("sigmoid", "s", {{"x", x}});
         ir::Value* z = n.b.add("sub", "d", {{"x", y}, {"y", x}});
         z = n.b.add("maximum", "m", {{"x", z}, {"y", x}});
         z = n.b.add("real_div", "q", {{"x", z}, {"y", y}});
         return n.b.add("square", "sq", {{"x", z}});
       })},
      {"excite", 1, on_picture(kPicture, [](BuiltNetwork& n, ir::Value* x) {
         ir::Value* s = n.b.add("reduce_mean", "pool", {{"x", x},
                                                        {"axes", Arg::ints({2, 3})},
                                                        {"keep_dims", false}});
         s = n.b.add("linear", "fc", {{"x", s}, {"weight", n.weights({3, 3})}});
         s = n.b.add("expand_dims", "s4", {{"x", s}, {"axes", Arg::ints({-2, -1})}});
         return n.b.add("mul", "scaled", {{"x", x}, {"y", s}});
       })},
      {"concat_and_split", 1, on_picture({4, 3, 3}, [](BuiltNetwork& n, ir::Value* x) {
         ir::Op* s = n.b.add_op("split", "s", {{"x", x}, {"num_splits", 2}, {"axis", 1}});
         return n.b.add("concat", "c",
                        {{"values", std::vector<ir::Value*>{s->output(1), x, s->output(0)}},
                         {"axis", -3}});
       })},
      {"transpose_and_reshape", 1, on_picture({4, 3, 2}, [](BuiltNetwork& n, ir::Value* x) {
         x = n.b.add("transpose", "t", {{"x", x}, {"perm", Arg::ints({0, 2, 3, 1})}});
         return n.b.add("reshape", "r", {{"x", x}, {"shape", Arg::ints({1, 2, 6, 2})}});
       })},
      {"pad", 1, on_picture(kPicture, simple("pad", {{"pad", Arg::ints({0, 0, 0, 0, 1, 2, 3, 0})},
                                              {"mode", "constant"},
                                              {"constant_val", 0.5f}}))},
      {"pad_reflect", 1,
       on_picture(kPicture, simple("pad", {{"pad", Arg::ints({1, 2, 3, 0})}, {"mode", "reflect"}}))},
      {"slice", 1, on_picture(kPicture, simple("slice_by_index", {{"begin", Arg::ints({0, 1, 0, -4})},
                                                           {"end", Arg::ints({1, 3, 6, 5})},
                                                           {"stride", Arg::ints({1, 1, 2, 1})}}))},
      {"space_to_depth", 1, on_picture({2, 4, 6}, simple("space_to_depth", {{"block_size", 2}}))},
      {"depth_to_space", 1, on_picture({8, 2, 3}, simple("depth_to_space", {{"block_size", 2}}))},
      {"flatten_and_linear", 1,
       [](BuiltNetwork& n) {
         ir::Value* x = n.batched(n.input("x", {2, 3, 4}));
         x = n.b.add("reshape", "flat", {{"x", x}, {"shape", Arg::ints({1, 24})}});
         x = n.b.add("linear", "fc", {{"x", x}, {"weight", n.weights({5, 24})},
                                      {"bias", n.weights({5})}});
         x = n.b.add("matmul", "fc2", {{"x", x}, {"y", n.weights({5, 3})}});
         n.output_unbatched(n.b.add("softmax", "p", {{"x", x}, {"axis", -1}}));
       }},
};

const Shape kArray = {2, 3, 4};
const std::vector<Case> kExactCases = {
    {"channels_last", 4,
     on_array({1, 5, 4, 3},
              [](BuiltNetwork& n, ir::Value* x) {
                x = n.b.add("transpose", "nchw", {{"x", x}, {"perm", Arg::ints({0, 3, 1, 2})}});
                x = n.b.add("conv", "conv",
                            {{"x", x}, {"weight", n.weights({2, 3, 3, 3})}, {"pad_type", "same"}});
                return n.b.add("transpose", "nhwc", {{"x", x}, {"perm", Arg::ints({0, 2, 3, 1})}});
              })},
    {"linear_on_rank3", 4,
     on_array({2, 3, 4},
              [](BuiltNetwork& n, ir::Value* x) {
                x = n.b.add("linear", "fc",
                            {{"x", x}, {"weight", n.weights({5, 4})}, {"bias", n.weights({5})}});
                return n.b.add("reshape", "r", {{"x", x}, {"shape", Arg::ints({6, 5})}});
              })},
    {"matmul_of_two", 4,
     on_array({2, 3, 4},
              [](BuiltNetwork& n, ir::Value* x) {
                return n.b.add("matmul", "mm", {{"x", x}, {"y", x}, {"transpose_y", true}});
              })},
    {"softmax", 4, on_array({2, 3}, simple("softmax", {{"axis", 0}}))},
    {"gelu", 4, on_array(kArray, simple("gelu", {{"mode", "TANH_APPROXIMATION"}}))},
    {"erf", 4, on_array(kArray, simple("erf"))},
    {"clip", 4, on_array({2, 2}, simple("clip", {{"alpha", -0.5f}, {"beta", 0.25f}}))},
    {"layer_norm", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                return n.b.add("layer_norm", "ln",
                               {{"x", x},
                                {"axes", Arg::ints({-1})},
                                {"gamma", n.weights({4})},
                                {"beta", n.weights({4})},
                                {"epsilon", 1e-3f}});
              })},
    {"broadcast", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                x = n.b.add("add", "a", {{"x", x}, {"y", n.weights({3, 1})}});
                x = n.b.add("real_div", "d", {{"x", x}, {"y", n.weights({2, 1, 4}, 1, 2)}});
                return n.b.add(
                    "pow", "p",
                    {{"x", n.b.add("abs", "b", {{"x", x}})}, {"y", n.weights({4}, 1, 2)}});
              })},
    {"compare_and_select", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                ir::Value* positive = n.b.add("greater", "g", {{"x", x}, {"y", 0.0f}});
                ir::Value* y = n.b.add("mul", "m", {{"x", x}, {"y", 3.0f}});
                return n.b.add("select", "s", {{"cond", positive}, {"a", y}, {"b", x}});
              })},
    {"reduce", 4,
     on_array(kArray, simple("reduce_sum", {{"axes", Arg::ints({0, 2})}, {"keep_dims", false}}))},
    {"argmax", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                x = n.b.add("reduce_argmax", "a", {{"x", x}, {"axis", 1}, {"keep_dims", false}});
                return n.b.add("cast", "f", {{"x", x}, {"dtype", "fp32"}});
              })},
    {"slice_and_squeeze", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                const auto mask =
                    ir::Literal::copy(ir::Type::tensor(ir::DType::kBool, {3}),
                                      std::span<const uint8_t>(std::array<uint8_t, 3>{0, 1, 0}));
                return n.b.add("slice_by_index", "s",
                               {{"x", x},
                                {"begin", Arg::ints({0, -1, 3})},
                                {"end", Arg::ints({2, 0, 0})},
                                {"stride", Arg::ints({1, 1, -1})},
                                {"squeeze_mask", mask}});
              })},
    {"pad", 4,
     on_array(kArray, simple("pad", {{"pad", Arg::ints({1, 0, 0, 2, 1, 1})},
                                     {"mode", "constant"},
                                     {"constant_val", -1.0f}}))},
    {"stack_tile_reverse", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                ir::Value* y = n.b.add("tile", "t", {{"x", x}, {"reps", Arg::ints({1, 2, 1})}});
                y = n.b.add("stack", "s", {{"values", std::vector<ir::Value*>{y, y}}, {"axis", 1}});
                return n.b.add("reverse", "r", {{"x", y}, {"axes", Arg::ints({-1, 0})}});
              })},
    {"concat_of_rows", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                return n.b.add(
                    "concat", "c",
                    {{"values", std::vector<ir::Value*>{x, n.weights({2, 1, 4})}}, {"axis", 1}});
              })},
    {"split_unequal", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                ir::Op* op = n.b.add_op(
                    "split", "s", {{"x", x}, {"split_sizes", Arg::ints({1, 3})}, {"axis", -1}});
                return op == nullptr ? nullptr : op->output(1);
              })},
    {"gather", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                return n.b.add("gather", "g",
                               {{"x", x}, {"indices", Arg::ints({2, 0})}, {"axis", 1}});
              })},
    {"expand_squeeze_flatten", 4,
     on_array(kArray,
              [](BuiltNetwork& n, ir::Value* x) {
                x = n.b.add("expand_dims", "e", {{"x", x}, {"axes", Arg::ints({1})}});
                x = n.b.add("squeeze", "q", {{"x", x}, {"axes", Arg::ints({1})}});
                return n.b.add("flatten2d", "f", {{"x", x}, {"axis", 2}});
              })},
    {"pixel_shuffle", 5, on_array({1, 8, 2, 3}, simple("pixel_shuffle", {{"upscale_factor", 2}}))},
};

class NeuralNetworkExport : public ::testing::TestWithParam<Case> {};

TEST_P(NeuralNetworkExport, ReadsBackTheSame) {
  BuiltNetwork n;
  GetParam().build(n);
  if (HasFatalFailure()) return;
  EXPECT_EQ(expect_round_trip(n.program, n.description, GetParam().lo, GetParam().hi),
            GetParam().version);
}

const auto kName = [](const auto& test) { return std::string(test.param.name); };
INSTANTIATE_TEST_SUITE_P(Rank5, NeuralNetworkExport, ::testing::ValuesIn(kRank5Cases), kName);
INSTANTIATE_TEST_SUITE_P(Exact, NeuralNetworkExport, ::testing::ValuesIn(kExactCases), kName);

}  // namespace
}  // namespace pome
