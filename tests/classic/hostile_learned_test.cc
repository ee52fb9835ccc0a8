// Damaged linear models, support vector machines, neighbours and recommenders are refused.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "tests/classic/learned.h"

namespace pome::testing {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// What is wrong with a stored model that was changed.
std::string complaint_about(const std::string& file,
                            const std::function<void(spec::Model&)>& change) {
  spec::Model model = read_model(file);
  EXPECT_EQ(complaint(model), "");
  change(model);
  return complaint(model);
}

void expect_text(const std::string& got, const std::string& part) {
  EXPECT_NE(got.find(part), std::string::npos) << got;
}

TEST(HostileLinear, Tables) {
  const auto about = [](const std::function<void(spec::GLMClassifier&)>& change) {
    return complaint_about("logistic_3_texts.mlmodel",
                           [&](spec::Model& m) { change(*m.mutable_glmclassifier()); });
  };
  expect_text(about([](auto& g) { g.clear_weights(); }), "the model has no weights");
  expect_text(about([](auto& g) { g.add_offset(1); }), "4 offsets for 3 rows");
  expect_text(about([](auto& g) { g.mutable_weights(1)->add_value(1); }),
              "row 1 has 5 weights, row 0 has 4");
  expect_text(about([](auto& g) {
                for (auto& row : *g.mutable_weights()) row.add_value(1);
              }),
              "the inputs bring 4 numbers, the model reads 5 features");
  expect_text(about([](auto& g) { g.mutable_weights(2)->set_value(0, kNan); }),
              "row 2 has a weight or offset that is not a finite number");
  expect_text(about([](auto& g) { g.mutable_stringclasslabels()->add_vector("x"); }),
              "the classifier has 4 labels for 3 classes");
  expect_text(about([](auto& g) { g.set_classencoding(spec::GLMClassifier::ReferenceClass); }),
              "3 labels for 4 classes");
  expect_text(about([](auto& g) { g.set_postevaluationtransform(spec::GLMClassifier::Probit); }),
              "probit transform is for two classes");
}

class HostileSvm : public ::testing::Test {
 protected:
  static std::string about(const std::function<void(spec::SupportVectorClassifier&)>& change) {
    return complaint_about("libsvm_rbf_3.mlmodel",
                           [&](spec::Model& m) { change(*m.mutable_supportvectorclassifier()); });
  }
};

TEST_F(HostileSvm, CoefficientTables) {
  expect_text(about([](auto& s) { s.mutable_coefficients(1)->add_alpha(1); }), "coefficients for");
  expect_text(about([](auto& s) { s.mutable_coefficients()->RemoveLast(); }),
              "there are 1 rows of coefficients, 3 classes need 2");
  expect_text(about([](auto& s) { s.add_rho(1); }), "there are 4 numbers rho, 3 classes need 3");
  expect_text(about([](auto& s) { s.mutable_proba()->RemoveLast(); }), "2 numbers probA");
  expect_text(about([](auto& s) {
                s.clear_proba();
                s.clear_probb();
              }),
              "no probA and probB");
}

TEST_F(HostileSvm, Classes) {
  expect_text(about([](auto& s) { s.set_numberofsupportvectorsperclass(0, -1); }),
              "a class has -1 support vectors");
  expect_text(about([](auto& s) { s.set_numberofsupportvectorsperclass(0, 0x7fffffff); }),
              "support vectors together");
  expect_text(about([](auto& s) { s.clear_numberofsupportvectorsperclass(); }), "0 classes");
  expect_text(about([](auto& s) { s.mutable_int64classlabels()->add_vector(9); }),
              "4 labels for 3 classes");
}

TEST_F(HostileSvm, Vectors) {
  const auto first = [](spec::SupportVectorClassifier& s) {
    return s.mutable_sparsesupportvectors()->mutable_vectors(0);
  };
  ASSERT_TRUE(
      read_model("libsvm_rbf_3.mlmodel").supportvectorclassifier().has_sparsesupportvectors());
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(0)->set_index(0); }),
              "support vector 0: index 0 stands behind 0");
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(0)->set_index(-5); }), "index -5");
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(3)->set_index(0x7fffffff); }),
              "index 2147483647 is over");
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(3)->set_index(70); }),
              "the inputs bring 4 numbers, the model reads 70 features");
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(1)->set_index(1); }),
              "index 1 stands behind 1");
  expect_text(about([&](auto& s) { first(s)->mutable_nodes(1)->set_value(kNan); }),
              "a value is not a finite number");
  expect_text(about([](auto& s) { s.clear_sparsesupportvectors(); }), "no support vectors");
  expect_text(about([](auto& s) {
                auto* dense = s.mutable_densesupportvectors();
                dense->add_vectors()->add_values(1);
                dense->add_vectors();
              }),
              "support vector 1: it has 0 values, vector 0 has 1");
}

TEST_F(HostileSvm, Kernels) {
  expect_text(about([](auto& s) { s.clear_kernel(); }), "the model has no kernel");
  expect_text(about([](auto& s) { s.mutable_kernel()->mutable_rbfkernel()->set_gamma(kNan); }),
              "gamma or c is not a finite number");
  expect_text(about([](auto& s) { s.mutable_kernel()->mutable_polykernel()->set_degree(-3); }),
              "degree is -3");
}

TEST_F(HostileSvm, Regressors) {
  const auto regress = [](const std::function<void(spec::SupportVectorRegressor&)>& change) {
    return complaint_about("svr_rbf.mlmodel",
                           [&](spec::Model& m) { change(*m.mutable_supportvectorregressor()); });
  };
  expect_text(regress([](auto& s) { s.mutable_coefficients()->add_alpha(1); }), "coefficients for");
}

TEST(HostileNeighbors, Samples) {
  const auto about = [](const std::function<void(spec::KNearestNeighborsClassifier&)>& change) {
    return complaint_about("neighbours_kd_tree.mlmodel", [&](spec::Model& m) {
      change(*m.mutable_knearestneighborsclassifier());
    });
  };
  expect_text(about([](auto& k) { k.mutable_int64classlabels()->add_vector(1); }),
              "61 labels for 60 samples");
  expect_text(about([](auto& k) {
                k.mutable_nearestneighborsindex()->mutable_floatsamples(3)->add_vector(1);
              }),
              "sample 3: it has 5 values, the model says 4");
  expect_text(about([](auto& k) {
                k.mutable_nearestneighborsindex()->mutable_floatsamples(3)->set_vector(
                    0, std::numeric_limits<float>::infinity());
              }),
              "sample 3: a value is not a finite number");
  expect_text(about([](auto& k) { k.mutable_nearestneighborsindex()->set_numberofdimensions(-4); }),
              "-4 dimensions");
  expect_text(about([](auto& k) {
                k.mutable_nearestneighborsindex()->mutable_singlekdtreeindex()->set_leafsize(0);
              }),
              "leaves have 0 samples");
  expect_text(about([](auto& k) { k.mutable_numberofneighbors()->set_defaultvalue(0); }),
              "the number of neighbors is 0");
  expect_text(about([](auto& k) {
                k.mutable_nearestneighborsindex()->clear_floatsamples();
                k.clear_int64classlabels();
              }),
              "neither samples nor a default label");
  expect_text(about([](auto& k) { k.set_defaultstringlabel("none"); }), "of different types");
}

}  // namespace
}  // namespace pome::testing
