#include "classic/svm/kernel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/try.h"
#include "classic/feature_row.h"
#include "format/proto/svm.pb.h"

namespace pome::classic {
namespace {

Error wrong(int vector, const std::string& what) {
  return Error(ErrorCode::kInvalidModel, what).at("support vector " + std::to_string(vector));
}

/// By squaring, as libsvm does it.
double power(double base, int exponent) {
  double result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) result *= base;
    base *= base;
  }
  return result;
}

}  // namespace

Result<KernelFunction> KernelFunction::read(const spec::Kernel& kernel) {
  KernelFunction f;
  switch (kernel.kernel_case()) {
    case spec::Kernel::kLinearKernel:
      return f;
    case spec::Kernel::kRbfKernel:
      f = {Kind::kRbf, kernel.rbfkernel().gamma(), 0, 0};
      break;
    case spec::Kernel::kPolyKernel:
      f = {Kind::kPoly, kernel.polykernel().gamma(), kernel.polykernel().c(),
           kernel.polykernel().degree()};
      break;
    case spec::Kernel::kSigmoidKernel:
      f = {Kind::kSigmoid, kernel.sigmoidkernel().gamma(), kernel.sigmoidkernel().c(), 0};
      break;
    default:
      return Error(ErrorCode::kInvalidModel, "the model has no kernel");
  }
  if (!std::isfinite(f.gamma) || !std::isfinite(f.c))
    return Error(ErrorCode::kInvalidModel, "the kernel's gamma or c is not a finite number");
  if (f.degree < 0) {
    return Error(ErrorCode::kInvalidModel, "the polynomial kernel's degree is " +
                                               std::to_string(f.degree) +
                                               ", it must not be negative");
  }
  return f;
}

double KernelFunction::operator()(double sum) const {
  switch (kind) {
    case Kind::kRbf:
      return std::exp(-gamma * sum);
    case Kind::kPoly:
      return power(gamma * sum + c, degree);
    case Kind::kSigmoid:
      return std::tanh(gamma * sum + c);
    default:
      return sum;
  }
}

template <typename Model>
Result<SupportVectors> SupportVectors::read(const Model& model) {
  SupportVectors vectors;
  vectors.is_sparse_ = model.has_sparsesupportvectors();
  if (vectors.is_sparse_) {
    POME_TRY(vectors.read_sparse(model.sparsesupportvectors()));
  } else {
    POME_TRY(vectors.read_dense(model.densesupportvectors()));
  }
  return vectors;
}

template Result<SupportVectors> SupportVectors::read(const spec::SupportVectorRegressor&);
template Result<SupportVectors> SupportVectors::read(const spec::SupportVectorClassifier&);

Status SupportVectors::read_dense(const spec::DenseSupportVectors& vectors) {
  size_ = static_cast<size_t>(vectors.vectors_size());
  if (size_ == 0 || vectors.vectors(0).values().empty())
    return Error(ErrorCode::kInvalidModel, "the model has no support vectors");
  width_ = static_cast<size_t>(vectors.vectors(0).values_size());
  for (int v = 0; v < vectors.vectors_size(); ++v) {
    const auto& values = vectors.vectors(v).values();
    if (static_cast<size_t>(values.size()) != width_) {
      return wrong(v, "it has " + std::to_string(values.size()) + " values, vector 0 has " +
                          std::to_string(width_));
    }
  }
  dense_ = {size_, width_};
  for (int v = 0; v < vectors.vectors_size(); ++v) {
    const auto& values = vectors.vectors(v).values();
    for (int c = 0; c < values.size(); ++c) {
      if (!std::isfinite(values[c])) return wrong(v, "a value is not a finite number");
      dense_.set(static_cast<size_t>(v), static_cast<size_t>(c), values[c]);
    }
  }
  return {};
}

Status SupportVectors::read_sparse(const spec::SparseSupportVectors& vectors) {
  size_ = static_cast<size_t>(vectors.vectors_size());
  if (size_ == 0) return Error(ErrorCode::kInvalidModel, "the model has no support vectors");
  for (int v = 0; v < vectors.vectors_size(); ++v) {
    int64_t last = 0;
    first_.push_back(entries_.size());
    for (const spec::SparseNode& node : vectors.vectors(v).nodes()) {
      if (node.index() <= last) {
        return wrong(v, "index " + std::to_string(node.index()) + " stands behind " +
                            std::to_string(last) + "; sparse indices count from 1 and ascend");
      }
      last = node.index();
      if (last > FeatureRow::kMaxFeatures) {
        return Error(ErrorCode::kLimitExceeded, "index " + std::to_string(last) + " is over " +
                                                    std::to_string(FeatureRow::kMaxFeatures) +
                                                    ", the largest that is allowed")
            .at("support vector " + std::to_string(v));
      }
      if (!std::isfinite(node.value())) return wrong(v, "a value is not a finite number");
      entries_.push_back({static_cast<uint32_t>(last - 1), node.value()});
    }
    width_ = std::max(width_, static_cast<size_t>(last));
  }
  first_.push_back(entries_.size());
  width_ = std::max<size_t>(width_, 1);
  // Nearly full or small: dense ones are faster, and take a few times the memory at most.
  if (size_ * width_ > 4 * entries_.size() + 4096) return {};
  dense_ = {size_, width_};
  for (size_t v = 0; v < size_; ++v)
    for (size_t e = first_[v]; e < first_[v + 1]; ++e)
      dense_.set(v, entries_[e].component, entries_[e].value);
  first_.clear();
  entries_.clear();
  return {};
}

void SupportVectors::sparse_sums(bool distance, std::span<const double> x,
                                 std::span<double> sums) const {
  double norm = 0;
  if (distance)
    for (const double v : x) norm += v * v;
  for (size_t v = 0; v < size_; ++v) {
    double sum = norm;
    for (size_t e = first_[v]; e < first_[v + 1]; ++e) {
      const double y = entries_[e].value;
      const double product = x[entries_[e].component] * y;
      sum += distance ? y * y - 2 * product : product;
    }
    sums[v] = sum;
  }
}

void SupportVectors::kernels(const KernelFunction& kernel, std::span<const double> x,
                             std::span<double> values) const {
  const bool distance = kernel.kind == KernelFunction::Kind::kRbf;
  if (!first_.empty()) {
    sparse_sums(distance, x, values);
  } else if (distance) {
    dense_.sums(x, values, [](double a, double b) { return (a - b) * (a - b); });
  } else {
    dense_.sums(x, values, [](double a, double b) { return a * b; });
  }
  if (kernel.kind == KernelFunction::Kind::kLinear) return;
  for (double& v : values) v = kernel(v);
}

}  // namespace pome::classic
