// Support vectors and the kernel that compares inputs with them.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "classic/lanes.h"
#include "pome/result.h"

namespace CoreML::Specification {
class DenseSupportVectors;
class Kernel;
class SparseSupportVectors;
}  // namespace CoreML::Specification

namespace pome::classic {

namespace spec = CoreML::Specification;

/// A kernel function. A plain value.
struct KernelFunction {
  enum class Kind { kLinear, kRbf, kPoly, kSigmoid };
  Kind kind = Kind::kLinear;
  double gamma = 0;
  double c = 0;
  int degree = 0;

  /// Errors (kInvalidModel): no kernel, a negative degree, a parameter that is not finite.
  static Result<KernelFunction> read(const spec::Kernel& kernel);
  /// K of a dot product x.y or, of kRbf, of a squared distance |x - y|^2.
  double operator()(double sum) const;
};

/// The support vectors of a model. Immutable; any thread.
class SupportVectors {
 public:
  /// `Model` is SupportVectorRegressor or SupportVectorClassifier. Errors (kInvalidModel) name the
  /// vector: none at all, vectors of unlike lengths, numbers that are not finite, sparse indices
  /// below 1 or not ascending; kLimitExceeded for an index over FeatureRow::kMaxFeatures.
  template <typename Model>
  static Result<SupportVectors> read(const Model& model);

  size_t size() const { return size_; }
  /// Numbers in a vector: of sparse ones the largest index.
  size_t width() const { return width_; }
  /// True when the file keeps them sparse: inputs may then be wider.
  bool is_sparse() const { return is_sparse_; }

  /// values[v] = K(x, vector v). Sums run over the components in order, as libsvm's do; where
  /// vectors are kept sparse |x - y|^2 is |x|^2 + (sum over y's components of y^2 - 2 x y).
  /// Requires x.size() == width() and values.size() == size().
  void kernels(const KernelFunction& kernel, std::span<const double> x,
               std::span<double> values) const;

 private:
  struct Entry {
    uint32_t component = 0;  // from 0
    double value = 0;
  };

  Status read_dense(const spec::DenseSupportVectors& vectors);
  Status read_sparse(const spec::SparseSupportVectors& vectors);
  void sparse_sums(bool distance, std::span<const double> x, std::span<double> sums) const;

  size_t size_ = 0;
  size_t width_ = 0;
  bool is_sparse_ = false;
  LaneMatrix<double> dense_;   // unless entries_ are used
  std::vector<size_t> first_;  // of each vector's entries, and the end; empty when dense
  std::vector<Entry> entries_;
};

}  // namespace pome::classic
