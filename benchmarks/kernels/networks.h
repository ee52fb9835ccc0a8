// The convolutions of three networks, with the shapes they have at 224 x 224.
#pragma once

#include <string>
#include <vector>

#include "cpu/kernels/conv/conv.h"

namespace pome::cpu::bench {

struct Layer {
  std::string name;
  ConvParams params;
  double flops() const {
    const ConvParams& p = params;
    return 2.0 * p.batch * p.out_channels * p.out_height * p.out_width * p.in_channels / p.groups *
           p.kernel_height * p.kernel_width;
  }
};

struct Network {
  std::string name;
  std::vector<Layer> layers;
};

/// "mobilenet_v1", "mobilenet_v2", "resnet50" (stride in the first 1x1 of a stage's first block, as
/// Keras has it).
Network network(const std::string& name, Isa isa);

/// One layer by hand. "Same" padding for stride 1, one in front for 3x3 stride 2.
Layer layer(Isa isa, int size, int in, int out, int kernel, int stride = 1, int groups = 1);

}  // namespace pome::cpu::bench
