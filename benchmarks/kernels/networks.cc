#include "benchmarks/kernels/networks.h"

namespace pome::cpu::bench {
namespace {

class Maker {
 public:
  Maker(Isa isa, std::string name) : isa_(isa) {
    network_.name = std::move(name);
    size_ = 224;
    channels_ = 3;
  }

  Maker& conv(int out, int kernel, int stride = 1, Activation activation = Activation::kClamp) {
    return add(layer(isa_, size_, channels_, out, kernel, stride), activation);
  }
  Maker& depthwise(int stride) {
    return add(layer(isa_, size_, channels_, channels_, 3, stride, channels_), Activation::kClamp);
  }
  Maker& residual() {
    network_.layers.back().params.epilogue.has_residual = true;
    return *this;
  }
  /// A pooling layer that halves the picture; it is not measured here.
  Maker& halve() {
    size_ /= 2;
    return *this;
  }
  /// A second branch from the input of the last block; the main line's shape is kept.
  Maker& shortcut(int in, int out, int size, int stride) {
    network_.layers.push_back(layer(isa_, size, in, out, 1, stride));
    return *this;
  }
  int size() const { return size_; }
  int channels() const { return channels_; }
  Network take() { return std::move(network_); }

 private:
  Maker& add(Layer l, Activation activation) {
    l.params.epilogue.activation = activation;
    l.params.epilogue.beta = 6;
    size_ = l.params.out_height;
    channels_ = l.params.out_channels;
    network_.layers.push_back(std::move(l));
    return *this;
  }

  Isa isa_;
  Network network_;
  int size_;
  int channels_;
};

Network mobilenet_v1(Isa isa) {
  Maker m(isa, "mobilenet_v1");
  m.conv(32, 3, 2);
  const struct {
    int out;
    int stride;
  } blocks[] = {{64, 1},  {128, 2}, {128, 1}, {256, 2}, {256, 1},  {512, 2}, {512, 1},
                {512, 1}, {512, 1}, {512, 1}, {512, 1}, {1024, 2}, {1024, 1}};
  for (const auto& b : blocks) m.depthwise(b.stride).conv(b.out, 1);
  return m.take();
}

Network mobilenet_v2(Isa isa) {
  Maker m(isa, "mobilenet_v2");
  m.conv(32, 3, 2).depthwise(1).conv(16, 1, 1, Activation::kNone);
  const struct {
    int out;
    int count;
    int stride;
  } stages[] = {{24, 2, 2}, {32, 3, 2}, {64, 4, 2}, {96, 3, 1}, {160, 3, 2}, {320, 1, 1}};
  for (const auto& s : stages) {
    for (int i = 0; i < s.count; ++i) {
      m.conv(6 * m.channels(), 1)
          .depthwise(i == 0 ? s.stride : 1)
          .conv(s.out, 1, 1, Activation::kNone);
      if (i > 0) m.residual();
    }
  }
  m.conv(1280, 1);
  return m.take();
}

Network resnet50(Isa isa) {
  Maker m(isa, "resnet50");
  m.conv(64, 7, 2, Activation::kRelu).halve();
  const struct {
    int width;
    int count;
  } stages[] = {{64, 3}, {128, 4}, {256, 6}, {512, 3}};
  for (const auto& s : stages) {
    for (int i = 0; i < s.count; ++i) {
      const int stride = i == 0 && s.width > 64 ? 2 : 1;
      if (i == 0) m.shortcut(m.channels(), 4 * s.width, m.size(), stride);
      m.conv(s.width, 1, stride, Activation::kRelu).conv(s.width, 3, 1, Activation::kRelu);
      m.conv(4 * s.width, 1, 1, Activation::kRelu).residual();
    }
  }
  return m.take();
}

}  // namespace

Layer layer(Isa isa, int size, int in, int out, int kernel, int stride, int groups) {
  ConvParams p;
  p.isa = isa;
  p.groups = groups;
  p.in_channels = in;
  p.out_channels = out;
  p.in_height = p.in_width = size;
  p.kernel_height = p.kernel_width = kernel;
  p.stride_height = p.stride_width = stride;
  p.pad_top = p.pad_left = kernel / 2;
  p.out_height = p.out_width = (size - 1) / stride + 1;
  p.planar_input = in <= 4;
  p.epilogue.has_bias = true;
  const std::string kind = groups > 1 ? "dw" : "conv";
  return {kind + std::to_string(kernel) + "x" + std::to_string(kernel) + "s" +
              std::to_string(stride) + "_" + std::to_string(size) + "_" + std::to_string(in) + ">" +
              std::to_string(out),
          p};
}

Network network(const std::string& name, Isa isa) {
  if (name == "mobilenet_v1") return mobilenet_v1(isa);
  if (name == "mobilenet_v2") return mobilenet_v2(isa);
  return resnet50(isa);
}

}  // namespace pome::cpu::bench
