// Random numbers: parameters and reference kernels of random.cc.
#pragma once

#include <cstdint>

#include "ops/op_def.h"

namespace pome::ops {

struct RandomParam {
  enum : int { kShape };
};
struct RandomBernoulliParam {
  enum : int { kShape, kProb, kSeed };
};
struct RandomNormalParam {
  enum : int { kShape, kMean, kStddev, kSeed };
};
struct RandomUniformParam {
  enum : int { kShape, kLow, kHigh, kSeed };
};
struct RandomCategoricalParam {
  enum : int { kX, kMode, kSize, kSeed };
};

/// A stream of uniform numbers that can be read at any place: Philox4x64-10 with the seed as its
/// key, the words in order, so that NumPy's Generator(Philox(key=seed)).random() gives the same. It
/// is not the generator of Apple's engines. A plain value.
class RandomStream {
 public:
  /// A seed of 0 or more names a stream. Any other takes one that this process has not used yet;
  /// the sequence of those begins alike in every process. May be called from any thread.
  explicit RandomStream(int64_t seed);
  /// Number `i` of the stream, in [0, 1), a multiple of 2^-53. Requires i >= 0.
  double uniform(int64_t i) const;

 private:
  uint64_t key_[2];
};

namespace inference {
Status random_bernoulli(const Args& args, Inferred& out);
Status random_normal(const Args& args, Inferred& out);
Status random_uniform(const Args& args, Inferred& out);
Status random_categorical(const Args& args, Inferred& out);
}  // namespace inference

namespace reference {
Status random_bernoulli(const Args& args, Outputs outputs);
Status random_normal(const Args& args, Outputs outputs);
Status random_uniform(const Args& args, Outputs outputs);
Status random_categorical(const Args& args, Outputs outputs);
}  // namespace reference

}  // namespace pome::ops
