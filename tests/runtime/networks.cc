#include "tests/runtime/networks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "ops/builder.h"
#include "ops/sample.h"

namespace pome::testing {
namespace {

using ir::Value;
using ops::Arg;

/// Adds layers with random constant weights.
class Net {
 public:
  Net(ops::Builder& builder, uint64_t seed) : b_(builder), seed_(seed) {}

  ir::LiteralPtr weights(const Shape& shape, double scale) {
    auto buffer = AlignedBuffer::allocate(static_cast<size_t>(shape.elements()) * sizeof(float));
    const ops::TensorView view{ir::DType::kFp32, shape, buffer->data()};
    ops::fill_random(view, ++seed_, -scale, scale);
    return ir::Literal::own(ir::Type::tensor(ir::DType::kFp32, shape), *std::move(buffer));
  }

  Value* conv(Value* x, int64_t out, int64_t kernel, int64_t stride, int64_t groups = 1) {
    if (x == nullptr) return nullptr;
    const int64_t in = x->shape()[1] / groups;
    const double scale = std::sqrt(3.0 / static_cast<double>(in * kernel * kernel));
    return b_.add("conv", "conv",
                  {{"x", x},
                   {"weight", Arg(weights({out, in, kernel, kernel}, scale))},
                   {"bias", Arg(weights({out}, 0.2))},
                   {"strides", Arg::ints({stride, stride})},
                   {"pad_type", "same"},
                   {"groups", static_cast<int>(groups)}});
  }
  Value* unary(const char* kind, Value* x) { return b_.add(kind, kind, {{"x", x}}); }
  Value* binary(const char* kind, Value* x, Value* y) {
    return b_.add(kind, kind, {{"x", x}, {"y", y}});
  }
  Value* pool(const char* kind, Value* x) {
    return b_.add(kind, kind,
                  {{"x", x},
                   {"kernel_sizes", Arg::ints({3, 3})},
                   {"strides", Arg::ints({2, 2})},
                   {"pad_type", "custom"},
                   {"pad", Arg::ints({0, 1, 0, 1})}});
  }
  Value* mean(Value* x, bool keep) {
    return b_.add("reduce_mean", "mean",
                  {{"x", x}, {"axes", Arg::ints({2, 3})}, {"keep_dims", keep}});
  }
  Value* squeeze_excite(Value* x) {
    if (x == nullptr) return nullptr;
    const int64_t c = x->shape()[1];
    Value* s = unary("relu", conv(mean(x, true), 5, 1, 1));
    return binary("mul", x, unary("sigmoid", conv(s, c, 1, 1)));
  }

 private:
  ops::Builder& b_;
  uint64_t seed_;
};

}  // namespace

FeatureDescription array_of(const std::string& name, std::vector<int64_t> shape) {
  FeatureDescription f;
  f.name = name;
  f.type = FeatureType::kMultiArray;
  f.multi_array.shape = std::move(shape);
  return f;
}

std::unique_ptr<ir::Program> small_network(int64_t batch, int64_t height, int64_t width,
                                           int64_t channels, uint64_t seed) {
  auto program = std::make_unique<ir::Program>();
  ir::Function* main = program->add_function("main", ir::Opset::kIos15);
  Value* input =
      main->body.add_input("x", ir::Type::tensor(ir::DType::kFp32, {batch, 3, height, width}));
  ops::Builder b(*main, main->body);
  Net net(b, seed);
  const int64_t c = channels;
  Value* stem = net.unary("relu6", net.conv(input, c, 3, 2));
  Value* expanded = net.unary("relu6", net.conv(stem, 4 * c, 1, 1));
  Value* depthwise = net.unary("relu6", net.conv(expanded, 4 * c, 3, 1, 4 * c));
  Value* block = net.binary("add", net.conv(depthwise, c, 1, 1), stem);
  Value* excited = net.squeeze_excite(block);
  Value* left = net.conv(excited, c + 3, 3, 1);
  Value* right =
      net.unary("relu", net.binary("add", net.conv(excited, c, 5, 1), net.conv(excited, c, 1, 1)));
  Value* joined =
      b.add("concat", "joined", {{"values", Arg(std::vector<Value*>{left, right})}, {"axis", 1}});
  Value* pooled = net.pool("max_pool", joined);
  Value* scaled = b.add("mul", "scaled", {{"x", pooled}, {"y", 0.5}});
  Value* averaged = net.pool("avg_pool", scaled);
  Value* flat = b.add("reshape", "flat",
                      {{"x", net.mean(averaged, true)}, {"shape", Arg::ints({batch, -1})}});
  const int64_t features = 2 * c + 3;
  Value* logits = b.add("linear", "logits",
                        {{"x", flat},
                         {"weight", Arg(net.weights({10, features}, 1))},
                         {"bias", Arg(net.weights({10}, 1))}});
  Value* y = b.add("softmax", "y", {{"x", logits}, {"axis", -1}});
  EXPECT_TRUE(b.ok()) << (b.ok() ? "" : b.status().error().to_string());
  if (y != nullptr) main->body.outputs().push_back(y);
  return program;
}

}  // namespace pome::testing
