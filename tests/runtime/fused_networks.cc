#include "tests/runtime/fused_networks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ops/builder.h"
#include "ops/sample.h"

namespace pome::testing {
namespace {

using ir::Value;
using ops::Arg;

/// Adds random layers with random constant weights.
class RandomNet {
 public:
  RandomNet(ops::Builder& builder, Draws& draws)
      : b_(builder), draws_(draws), seed_(1000 * static_cast<uint64_t>(draws.pick(0, 99))) {}

  int pick(int low, int high) { return draws_.pick(low, high); }
  bool flip() { return draws_.flip(); }

  /// `height` rows and `width` columns of taps.
  Value* conv(Value* x, int64_t out, std::pair<int64_t, int64_t> kernel) {
    if (x == nullptr) return nullptr;
    const auto [height, width] = kernel;
    const int64_t in = x->shape()[1];
    const double scale = std::sqrt(3.0 / static_cast<double>(in * height * width));
    return b_.add("conv", "conv",
                  {{"x", x},
                   {"weight", Arg(weights({out, in, height, width}, -scale, scale))},
                   {"bias", Arg(weights({out}, -0.2, 0.2))},
                   {"pad_type", "same"}});
  }

  Value* conv(Value* x, int64_t out, int64_t kernel, int64_t stride, int64_t groups = 1) {
    if (x == nullptr) return nullptr;
    const int64_t in = x->shape()[1] / groups;
    const double scale = std::sqrt(3.0 / static_cast<double>(in * kernel * kernel));
    std::vector<std::pair<std::string, Arg>> args = {
        {"x", x},
        {"weight", Arg(weights({out, in, kernel, kernel}, -scale, scale))},
        {"strides", Arg::ints({stride, stride})},
        {"pad_type", "same"},
        {"groups", static_cast<int>(groups)}};
    if (flip()) args.emplace_back("bias", Arg(weights({out}, -0.2, 0.2)));
    if (kernel > 1 && flip()) {  // Keras' way: a pad of its own
      args[0].second = padded(x, kernel);
      args[3].second = "valid";
    }
    return b_.add("conv", "conv", args);
  }

  /// One of the activations that networks have, or none.
  Value* activation(Value* x) {
    if (x == nullptr) return nullptr;
    switch (6 - pick(0, 6)) {
      case 0:
        return unary("relu", x);
      case 1:
        return unary("relu6", x);
      case 2:
        return b_.add("leaky_relu", "leaky", {{"x", x}, {"alpha", 0.1}});
      case 3:
        return product(
            x, b_.add("sigmoid_hard", "gate", {{"x", x}, {"alpha", 1.0 / 6}, {"beta", 0.5}}));
      case 4:
        return product(x, unary("sigmoid", x));
      case 5:
        return unary("silu", x);
      default:
        return x;
    }
  }

  Value* add(Value* x, Value* y) {
    return flip() ? b_.add("add", "sum", {{"x", x}, {"y", y}})
                  : b_.add("add", "sum", {{"x", y}, {"y", x}});
  }
  Value* product(Value* x, Value* y) {
    return flip() ? b_.add("mul", "product", {{"x", x}, {"y", y}})
                  : b_.add("mul", "product", {{"x", y}, {"y", x}});
  }
  Value* unary(const char* kind, Value* x) { return b_.add(kind, kind, {{"x", x}}); }
  Value* norm(Value* x) {
    if (x == nullptr) return nullptr;
    const int64_t c = x->shape()[1];
    return b_.add("batch_norm", "norm",
                  {{"x", x},
                   {"mean", Arg(weights({c}, -0.3, 0.3))},
                   {"variance", Arg(weights({c}, 0.5, 1.5))},
                   {"gamma", Arg(weights({c}, 0.6, 1.2))},
                   {"beta", Arg(weights({c}, -0.3, 0.3))},
                   {"epsilon", 0.001}});
  }
  Value* concat(const std::vector<Value*>& values) {
    return b_.add("concat", "joined", {{"values", Arg(values)}, {"axis", 1}});
  }
  Value* max_pool(Value* x, int64_t kernel, int64_t stride) {
    return b_.add("max_pool", "pooled",
                  {{"x", x},
                   {"kernel_sizes", Arg::ints({kernel, kernel})},
                   {"strides", Arg::ints({stride, stride})},
                   {"pad_type", "valid"}});
  }
  Value* average_pool(Value* x, int64_t kernel, int64_t stride) {
    return b_.add("avg_pool", "pooled",
                  {{"x", x},
                   {"kernel_sizes", Arg::ints({kernel, kernel})},
                   {"strides", Arg::ints({stride, stride})},
                   {"pad_type", flip() ? "same" : "valid"},
                   {"exclude_padding_from_average", flip()}});
  }
  /// Zeros around height and width: `kernel` - 1 in all.
  Value* padded(Value* x, int64_t kernel) {
    const int64_t before = pick(0, static_cast<int>(kernel / 2));
    const int64_t after = kernel - 1 - before;
    return b_.add("pad", "padded",
                  {{"x", x},
                   {"pad", Arg::ints({0, 0, 0, 0, before, after, before, after})},
                   {"mode", "constant"},
                   {"constant_val", 0.0}});
  }
  /// Two or three parts, side by side: at borders of channel blocks or not.
  std::vector<Value*> split(Value* x) {
    if (x == nullptr) return {};
    const int64_t channels = x->shape()[1];
    std::vector<int64_t> sizes;
    int64_t rest = channels;
    for (int i = pick(1, 2); i > 0 && rest > 1; --i) {
      const auto most = static_cast<int>(rest);
      const int64_t size =
          rest > 16 && pick(0, 3) > 0 ? 16 * pick(1, (most - 1) / 16) : pick(1, most - 1);
      sizes.push_back(size);
      rest -= size;
    }
    sizes.push_back(rest);
    if (sizes.size() > 1 && flip()) return sliced(x, sizes);
    ir::Op* op = b_.add_op("split", "part",
                           {{"x", x},
                            {"num_splits", static_cast<int>(sizes.size())},
                            {"split_sizes", Arg::ints(sizes)},
                            {"axis", flip() ? 1 : -3}});
    std::vector<Value*> parts;
    for (size_t i = 0; op != nullptr && i < sizes.size(); ++i)
      parts.push_back(op->output(static_cast<int>(i)));
    return parts;
  }
  Value* pixels(Value* x) {
    const int64_t c = x->shape()[1];
    return b_.add(
        "pome.pixels", "pixels",
        {{"x", x}, {"scale", Arg(weights({c}, 0.005, 0.01))}, {"bias", Arg(weights({c}, -1, 0))}});
  }
  /// Channels dealt out to `groups` hands; what ShuffleNet puts behind its concats.
  Value* shuffled(Value* x, int64_t groups) {
    if (x == nullptr) return nullptr;
    const Shape& s = x->shape();
    Value* apart =
        b_.add("reshape", "apart",
               {{"x", x}, {"shape", Arg::ints({s[0], groups, s[1] / groups, s[2], s[3]})}});
    Value* swapped =
        b_.add("transpose", "swapped",
               {{"x", apart},
                {"perm", flip() ? Arg::ints({0, 2, 1, 3, 4}) : Arg::ints({0, 2, -4, -2, 4})}});
    return b_.add("reshape", "shuffled", {{"x", swapped}, {"shape", Arg::ints(s)}});
  }
  Value* mean(Value* x) {
    return b_.add("reduce_mean", "mean",
                  {{"x", x}, {"axes", Arg::ints({2, 3})}, {"keep_dims", true}});
  }

 private:
  /// The same parts, each by a slice.
  std::vector<Value*> sliced(Value* x, const std::vector<int64_t>& sizes) {
    std::vector<Value*> parts;
    const Shape& s = x->shape();
    int64_t begin = 0;
    for (const int64_t size : sizes) {
      parts.push_back(flip() ? b_.add("slice_by_size", "part",
                                      {{"x", x},
                                       {"begin", Arg::ints({0, begin, 0, 0})},
                                       {"size", Arg::ints({s[0], size, -1, s[3]})}})
                             : b_.add("slice_by_index", "part",
                                      {{"x", x},
                                       {"begin", Arg::ints({0, begin, 0, 0})},
                                       {"end", Arg::ints({s[0], begin + size, s[2], s[3]})}}));
      begin += size;
    }
    return parts;
  }

  ir::LiteralPtr weights(const Shape& shape, double low, double high) {
    auto buffer = AlignedBuffer::allocate(static_cast<size_t>(shape.elements()) * sizeof(float));
    const ops::TensorView view{ir::DType::kFp32, shape, buffer->data()};
    ops::fill_random(view, ++seed_, low, high);
    return ir::Literal::own(ir::Type::tensor(ir::DType::kFp32, shape), *std::move(buffer));
  }

  ops::Builder& b_;
  Draws& draws_;
  uint64_t seed_;
};

/// A program of an input of `shape`, numbers or a picture's bytes, and what `body` makes of it.
template <typename Body>
std::unique_ptr<ir::Program> program_of(Draws& draws, const Shape& shape, Body body,
                                        ir::DType dtype = ir::DType::kFp32) {
  auto program = std::make_unique<ir::Program>();
  ir::Function* main = program->add_function("main", ir::Opset::kIos15);
  Value* x = main->body.add_input("x", ir::Type::tensor(dtype, shape));
  ops::Builder b(*main, main->body);
  RandomNet net(b, draws);
  Value* y = body(net, x);
  // A last op that keeps the layout's choice apart from the output.
  Value* last = y == nullptr ? nullptr : net.conv(y, 3, 1, 1);
  EXPECT_TRUE(b.ok()) << (b.ok() ? "" : b.status().error().to_string());
  if (last != nullptr) {
    last->set_name("y");
    main->body.outputs().push_back(last);
  }
  return program;
}

Value* inverted_residual(RandomNet& net, Value* x, int size) {
  if (x == nullptr) return nullptr;
  const int64_t in = x->shape()[1];
  const int64_t wide = in * net.pick(2, size + 3);
  const int64_t stride = net.pick(1, 2);
  Value* y = net.activation(net.conv(x, wide, 1, 1));
  y = net.activation(net.conv(y, wide, 1 + 2 * net.pick(1, 2), stride, wide));
  const bool same = y != nullptr && y->shape().dims()[2] == x->shape()[2] &&
                    y->shape().dims()[3] == x->shape()[3] && net.flip();
  y = net.conv(y, same ? in : net.pick(3, 40), 1, 1);
  return same ? net.activation(net.add(y, x)) : y;
}

Value* separable(RandomNet& net, Value* x, int size) {
  if (x == nullptr) return nullptr;
  const int64_t in = x->shape()[1];
  Value* y = net.activation(net.conv(x, in * size, 1, 1));
  // Two readers: the convolution before cannot be a part of the block.
  Value* z = net.activation(net.conv(y, in * size, 3, net.pick(1, 2), in * size));
  z = net.activation(net.conv(z, net.pick(4, 50), 1, 1));
  return net.concat({net.mean(y), net.mean(z)});
}

Value* dense_block(RandomNet& net, Value* x, int size) {
  std::vector<Value*> all = {x};
  for (int layer = 0; layer < 2 + size; ++layer) {
    Value* y = net.activation(net.norm(x));
    y = net.activation(net.norm(net.conv(y, 16 * net.pick(1, 3), 1, 1)));
    y = net.conv(y, net.flip() ? 16 : net.pick(3, 20), 3, 1);
    all.push_back(y);
    // DenseNet's way, or all parts at once.
    x = net.flip() ? net.concat({x, y}) : net.concat(all);
  }
  return net.activation(x);
}

Value* branches(RandomNet& net, Value* x, int size) {
  for (int module = 0; module < 1 + size / 2; ++module) {
    std::vector<Value*> parts;
    for (int i = 0; i < net.pick(2, 4); ++i) {
      Value* y = net.activation(net.conv(x, net.flip() ? 16 * net.pick(1, 2) : net.pick(3, 30),
                                         1 + 2 * net.pick(0, 1), 1));
      parts.push_back(y);
    }
    if (net.flip()) parts.push_back(x);         // read by others too
    if (net.flip()) parts.push_back(parts[0]);  // twice in one
    Value* joined = net.concat(parts);
    x = net.flip() ? joined : net.concat({parts[0], joined});
  }
  return x;
}

Value* squeeze_excite(RandomNet& net, Value* x, int size) {
  if (x == nullptr) return nullptr;
  const int64_t in = x->shape()[1] * size;
  Value* y = net.activation(net.conv(x, in, 1, 1));
  y = net.activation(net.conv(y, in, 1 + 2 * net.pick(1, 2), net.pick(1, 2), in));
  Value* s = net.activation(net.conv(net.mean(y), net.pick(2, 9), 1, 1));
  return net.conv(net.product(y, net.unary("sigmoid", net.conv(s, in, 1, 1))), 24, 1, 1);
}

Value* padded_pool(RandomNet& net, Value* x, int) {
  for (int i = 0; i < 2; ++i) {
    // Negative numbers, so that zeros around them show.
    x = net.conv(x, net.pick(3, 20), 1, 1);
    x = net.max_pool(net.padded(x, net.pick(2, 4)), net.pick(1, 3), net.pick(1, 2));
  }
  return net.product(x, net.unary("sigmoid", x));
}

Value* stride_one(RandomNet& net, Value* x, int size) {
  static constexpr std::pair<int64_t, int64_t> kKernels[] = {{3, 3}, {5, 5}, {1, 3}, {3, 1},
                                                             {1, 5}, {5, 1}, {1, 7}, {7, 1}};
  for (int i = 0; i < 1 + size; ++i) {
    Value* y = net.conv(x, net.pick(16, 16 * size + 16), kKernels[net.pick(0, 7)]);
    x = net.activation(net.flip() && y != nullptr && y->type() == x->type() ? net.add(y, x) : y);
  }
  return x;
}

Value* siblings(RandomNet& net, Value* x, int size) {
  for (int module = 0; module < 1 + size / 2; ++module) {
    std::vector<Value*> parts;
    for (int i = net.pick(2, 4); i > 0; --i)
      parts.push_back(net.activation(net.conv(x, net.pick(3, 70), 1, 1)));
    if (net.flip()) parts.push_back(net.conv(parts[0], 16, 3, 1));
    if (net.flip()) parts.push_back(net.activation(net.conv(x, net.pick(3, 30), 3, 1)));
    if (net.flip()) parts[1] = net.unary("tanh", parts[1]);
    x = net.concat(parts);
  }
  return x;
}

Value* shuffle_units(RandomNet& net, Value* x, int size) {
  for (int unit = 0; unit < 1 + size && x != nullptr; ++unit) {
    const int groups = net.pick(1, 4);
    const int channels = groups * net.pick(2, 12 + 4 * size);
    const int64_t first = net.pick(1, channels - 1);
    std::vector<Value*> parts = {net.activation(net.conv(x, first, 1, 1)),
                                 net.activation(net.conv(x, channels - first, 1, 1))};
    x = net.shuffled(net.concat(parts), groups);
    if (net.flip()) continue;
    parts = net.split(x);
    if (net.flip()) parts[0] = net.unary("tanh", parts[0]);
    x = net.flip() ? net.concat(parts) : net.conv(parts.back(), 20, 3, 1);
  }
  return x;
}

int64_t joined_channels(const std::vector<Value*>& values) {
  int64_t channels = 0;
  for (const Value* v : values) channels = std::max(channels, v == nullptr ? 0 : v->shape()[1]);
  return 3 * channels;
}

// Cross-stage partial blocks and worse: parts of parts, of parts of concats, worked on in place and
// not, read before and after what lies beside them.
Value* slices(RandomNet& net, Value* x, int size) {
  std::vector<Value*> values = net.split(net.activation(net.conv(x, 16 * net.pick(2, 5), 1, 1)));
  const auto any = [&] { return values[static_cast<size_t>(net.pick(0, 100)) % values.size()]; };
  for (int step = 0; step < 3 + 3 * size && x != nullptr; ++step) {
    switch (net.pick(0, 6)) {
      case 0:
        for (Value* part : net.split(any())) values.push_back(part);
        break;
      case 1:
        values.push_back(net.activation(net.conv(any(), 16 * net.pick(1, 3), 1, 1)));
        break;
      case 2:
        values.push_back(net.unary(net.flip() ? "tanh" : "relu", any()));
        break;
      case 3: {
        Value* y = any();
        values.push_back(net.norm(y));
        if (net.flip()) values.push_back(net.add(y, values.back()));
        break;
      }
      case 4:
        values.push_back(joined_channels(values) < 300 ? net.concat({any(), any(), any()})
                                                       : net.unary("tanh", any()));
        break;
      case 5:
        if (const std::vector<Value*> parts = net.split(any()); !parts.empty()) {
          values.push_back(net.concat(parts));
          values.push_back(parts.back());
        }
        break;
      default: {
        Value* y = any();
        values.push_back(net.add(net.unary("tanh", y), y));
      }
    }
  }
  const size_t most = std::min<size_t>(values.size(), 12);
  return net.concat({values.end() - static_cast<std::ptrdiff_t>(most), values.end()});
}

// A picture's first layers.
Value* pooled_picture(RandomNet& net, Value* x, int size) {
  x = net.activation(
      net.conv(x, net.pick(3, 8 * size), 1 + 2 * net.pick(0, 2), net.pick(1, 1 + (size < 3))));
  const int kind = net.pick(0, 2);
  if (x == nullptr) return nullptr;
  if (kind == 0) return net.average_pool(x, net.pick(1, 4), net.pick(1, 3));
  return net.max_pool(kind == 1 ? net.padded(x, 3) : x, net.pick(1, 3), net.pick(1, 3));
}

Value* picture_block(RandomNet& net, Value* x, int size) {
  const int wide = net.pick(3, 8 * size);
  x = net.activation(net.conv(x, wide, 1 + 2 * net.pick(0, 1), net.pick(1, 1 + (size < 3))));
  x = net.activation(net.conv(x, wide, 1 + 2 * net.pick(1, 2), net.pick(1, 2), wide));
  if (net.flip()) return net.product(x, net.unary("tanh", x));
  // Most narrow: one that widens is a step of its own.
  const bool widens = net.pick(0, 3) == 3;
  return net.activation(net.conv(x, widens ? net.pick(3, 40) : net.pick(2, wide), 1, 1));
}

// Now and then more than one image.
int64_t batch_of(Draws& draws) { return draws.pick(0, 3) == 3 ? 2 : 1; }

template <Value* (*body)(RandomNet&, Value*, int)>
std::unique_ptr<ir::Program> network(Draws& draws, int size) {
  const auto pick = [&](int low, int high) { return draws.pick(low, high); };
  const int64_t batch = batch_of(draws);
  // Now and then channels that do not fill their blocks.
  const int64_t channels = pick(0, 1) == 0 ? 16 * pick(1, 2) : pick(5, 8 * size + 5);
  const Shape shape = {batch, channels, pick(6, 12 * size), pick(6, 12 * size)};
  return program_of(draws, shape, [&](RandomNet& net, Value* x) {
    return body(net, net.activation(net.conv(x, channels, 1, 1)), size);
  });
}

/// A network that reads a picture of 1 to 4 channels.
template <Value* (*body)(RandomNet&, Value*, int)>
std::unique_ptr<ir::Program> picture_network(Draws& draws, int size) {
  const auto pick = [&](int low, int high) { return draws.pick(low, high); };
  const int64_t batch = batch_of(draws);
  const Shape shape = {batch, pick(1, 4), pick(8, 60 * size), pick(8, 60 * size)};
  return program_of(draws, shape, [&](RandomNet& net, Value* x) { return body(net, x, size); });
}

/// A network that reads a picture's bytes: its first convolution alone, or others too.
std::unique_ptr<ir::Program> pixel_network(Draws& draws, int size) {
  const int64_t channels = draws.flip() ? draws.pick(1, 5) : 3;
  const Shape shape = {1, channels, draws.pick(8, 60 * size), draws.pick(8, 60 * size)};
  const auto body = [size](RandomNet& net, Value* x) {
    Value* floats = net.pixels(x);
    const bool others = net.pick(0, 3) == 3;
    const int kind = net.pick(0, 2);
    Value* y = kind == 0   ? pooled_picture(net, floats, size)
               : kind == 1 ? picture_block(net, floats, size)
                           : net.conv(floats, net.pick(3, 20), net.pick(1, 5), net.pick(1, 3));
    return others ? net.concat({net.mean(y), net.mean(floats)}) : y;
  };
  return program_of(draws, shape, body, ir::DType::kUint8);
}

}  // namespace

const std::vector<FusedNetwork>& fused_networks() {
  static const std::vector<FusedNetwork> all = {
      {"InvertedResidual", network<inverted_residual>, {"expand_depthwise_project"}},
      {"Separable", network<separable>, {"depthwise_project"}},
      {"DenseBlock", network<dense_block>, {"norm_conv", "concat_in_place"}},
      {"Branches", network<branches>, {"concat_in_place"}},
      {"SqueezeExcite", network<squeeze_excite>, {"expand_depthwise", "gate_conv", "pixel_conv"}},
      {"Siblings", network<siblings>, {"sibling_convs", "concat_in_place"}},
      {"Slices", network<slices>, {"slice_in_place", "slice_copy", "concat_in_place"}},
      {"ShuffleUnits", network<shuffle_units>, {"shuffle_channels"}},
      {"PaddedPool", network<padded_pool>, {"pad_max_pool", "sigmoid_product"}},
      {"StrideOne", network<stride_one>, {"conv_winograd"}},
      {"PictureBlock",
       picture_network<picture_block>,
       {"conv_depthwise_project", "conv_depthwise"}},
      {"PooledPicture", picture_network<pooled_picture>, {"conv_pool"}},
      {"Pixels", pixel_network, {"pixels", "conv_blocked", "conv_pool", "conv_depthwise_project"}},
  };
  return all;
}

}  // namespace pome::testing
