#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/invalid.h"
#include "base/try.h"
#include "classic/class_outputs.h"
#include "classic/feature_row.h"
#include "classic/learned_types.h"
#include "classic/number_output.h"
#include "classic/svm/coupling.h"
#include "classic/svm/kernel.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

/// What regressors and classifiers share.
struct Machine {
  FeatureRow row;
  KernelFunction kernel;
  SupportVectors vectors;

  template <typename Message>
  static Result<Machine> read(const Message& message,
                              const std::vector<FeatureDescription>& inputs) {
    Machine m;
    POME_ASSIGN(m.kernel, KernelFunction::read(message.kernel()));
    POME_ASSIGN(m.vectors, SupportVectors::read(message));
    const RowWish wish = {static_cast<int64_t>(m.vectors.width()), !m.vectors.is_sparse(),
                          std::nullopt, 0};
    POME_ASSIGN(m.row, FeatureRow::create(inputs, wish));
    return m;
  }

  /// K(x, each support vector).
  Result<std::vector<double>> kernels(const FeatureProvider& inputs) const {
    std::vector<double> x(row.width());
    POME_TRY(row.read(inputs, x));
    std::vector<double> values(vectors.size());
    vectors.kernels(kernel, x, values);
    return values;
  }
};

class SvmRegressor final : public Evaluator {
 public:
  SvmRegressor(Machine machine, std::vector<double> alpha, double rho, NumberOutput output)
      : machine_(std::move(machine)),
        alpha_(std::move(alpha)),
        rho_(rho),
        output_(std::move(output)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const std::vector<double> k, machine_.kernels(inputs));
    double sum = 0;
    for (size_t v = 0; v < k.size(); ++v) sum += alpha_[v] * k[v];
    const double result = sum - rho_;
    return output_.write(std::span(&result, 1), outputs);
  }

 private:
  Machine machine_;
  std::vector<double> alpha_;
  double rho_;
  NumberOutput output_;
};

/// Of each pair of classes a decision; support vectors of one class stand together. Coefficients
/// and rho may be infinite or NaN: libsvm writes such where training did not separate the classes.
struct Voting {
  std::vector<size_t> first;                      // support vector of each class, and the end
  std::vector<std::vector<double>> coefficients;  // classes - 1 rows of one for each vector
  std::vector<double> rho;                        // of pairs (0,1), (0,2), ..., (1,2), ...
  std::vector<double> prob_a;                     // the same; empty: no probabilities
  std::vector<double> prob_b;
  size_t classes() const { return first.size() - 1; }

  static Result<Voting> read(const spec::SupportVectorClassifier& svm, size_t vectors);
  Status read_pairs(const spec::SupportVectorClassifier& svm);
  /// Above 0 for class i, i < j.
  double decision(size_t i, size_t j, size_t pair, std::span<const double> k) const;
};

Result<Voting> Voting::read(const spec::SupportVectorClassifier& svm, size_t vectors) {
  Voting v;
  v.first = {0};
  for (const int n : svm.numberofsupportvectorsperclass()) {
    if (n < 0) return invalid("a class has " + std::to_string(n) + " support vectors");
    v.first.push_back(v.first.back() + static_cast<size_t>(n));
  }
  if (v.classes() < 2) {
    return invalid("the numbers of support vectors are given for " + std::to_string(v.classes()) +
                   " classes, at least 2 are needed");
  }
  if (v.first.back() != vectors) {
    return invalid("the classes have " + std::to_string(v.first.back()) +
                   " support vectors together, the model has " + std::to_string(vectors));
  }
  if (static_cast<size_t>(svm.coefficients_size()) != v.classes() - 1) {
    return invalid("there are " + std::to_string(svm.coefficients_size()) +
                   " rows of coefficients, " + std::to_string(v.classes()) + " classes need " +
                   std::to_string(v.classes() - 1));
  }
  for (const auto& row : svm.coefficients()) {
    if (static_cast<size_t>(row.alpha_size()) != vectors) {
      return invalid("a row has " + std::to_string(row.alpha_size()) + " coefficients for " +
                     std::to_string(vectors) + " support vectors");
    }
    v.coefficients.emplace_back(row.alpha().begin(), row.alpha().end());
  }
  POME_TRY(v.read_pairs(svm));
  return v;
}

Status Voting::read_pairs(const spec::SupportVectorClassifier& svm) {
  const size_t pairs = classes() * (classes() - 1) / 2;
  const auto read = [&](const auto& field, const char* name, std::vector<double>& to) -> Status {
    if (static_cast<size_t>(field.size()) != pairs) {
      return invalid("there are " + std::to_string(field.size()) + " numbers " + name + ", " +
                     std::to_string(classes()) + " classes need " + std::to_string(pairs));
    }
    to.assign(field.begin(), field.end());
    return {};
  };
  POME_TRY(read(svm.rho(), "rho", rho));
  if (svm.proba().empty() && svm.probb().empty()) return {};
  POME_TRY(read(svm.proba(), "probA", prob_a));
  return read(svm.probb(), "probB", prob_b);
}

double Voting::decision(size_t i, size_t j, size_t pair, std::span<const double> k) const {
  double sum = 0;
  for (size_t v = first[i]; v < first[i + 1]; ++v) sum += coefficients[j - 1][v] * k[v];
  for (size_t v = first[j]; v < first[j + 1]; ++v) sum += coefficients[i][v] * k[v];
  return sum - rho[pair];
}

/// As libsvm: without probabilities the class with the most votes of pairs, the first of several;
/// with them the most probable one.
class SvmClassifier final : public Evaluator {
 public:
  SvmClassifier(Machine machine, Voting voting, ClassOutputs outputs)
      : machine_(std::move(machine)), voting_(std::move(voting)), outputs_(std::move(outputs)) {}

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    POME_ASSIGN(const std::vector<double> k, machine_.kernels(inputs));
    const size_t classes = voting_.classes();
    const bool probable = !voting_.prob_a.empty();
    std::vector<double> votes(classes, 0.0);
    PairMatrix pairs{classes, std::vector<double>(probable ? classes * classes : 0)};
    size_t pair = 0;
    for (size_t i = 0; i < classes; ++i) {
      for (size_t j = i + 1; j < classes; ++j, ++pair) {
        const double decision = voting_.decision(i, j, pair, k);
        votes[decision > 0 ? i : j] += 1;
        if (!probable) continue;
        pairs(i, j) = pair_probability(decision, voting_.prob_a[pair], voting_.prob_b[pair]);
        pairs(j, i) = 1 - pairs(i, j);
      }
    }
    if (probable) couple(pairs, votes);
    outputs_.write(first_maximum(votes), votes, outputs);
    return {};
  }

 private:
  Machine machine_;
  Voting voting_;
  ClassOutputs outputs_;
};

}  // namespace

Result<std::unique_ptr<Evaluator>> make_svm_regressor(const Source& source) {
  const auto& svm = source.model->supportvectorregressor();
  POME_ASSIGN(Machine machine, Machine::read(svm, source.description.inputs));
  const auto& alpha = svm.coefficients().alpha();
  if (static_cast<size_t>(alpha.size()) != machine.vectors.size()) {
    return invalid("there are " + std::to_string(alpha.size()) + " coefficients for " +
                   std::to_string(machine.vectors.size()) + " support vectors");
  }
  POME_ASSIGN(NumberOutput output, NumberOutput::of_regressor(source.description, 1));
  return std::unique_ptr<Evaluator>(std::make_unique<SvmRegressor>(
      std::move(machine), std::vector<double>(alpha.begin(), alpha.end()), svm.rho(),
      std::move(output)));
}

Result<std::unique_ptr<Evaluator>> make_svm_classifier(const Source& source) {
  const auto& svm = source.model->supportvectorclassifier();
  POME_ASSIGN(Machine machine, Machine::read(svm, source.description.inputs));
  POME_ASSIGN(Voting voting, Voting::read(svm, machine.vectors.size()));
  POME_ASSIGN(ClassOutputs outputs, ClassOutputs::create(source.description, voting.classes()));
  if (outputs.wants_probabilities() && voting.prob_a.empty()) {
    return invalid(
        "the description asks for probabilities, and the model has no probA and probB to "
        "compute them with");
  }
  return std::unique_ptr<Evaluator>(
      std::make_unique<SvmClassifier>(std::move(machine), std::move(voting), std::move(outputs)));
}

}  // namespace pome::classic
