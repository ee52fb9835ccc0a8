// How passes are tested: text before, text after, same outputs.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "ir/program.h"
#include "passes/pass.h"

namespace pome::passes {

struct Expectation {
  /// Tolerances of the outputs, relative and absolute.
  double relative = 1e-6;
  double absolute = 1e-6;
  double low = -2;  // range of the random inputs
  double high = 2;
};

/// A program with the one function `main` of ios17 from its text: `(inputs) { ops } -> (outputs);`.
/// Types and small values are inferred. Fails the test when it is none.
std::unique_ptr<ir::Program> program(std::string_view function, std::string_view opset = "ios17");

/// Runs the pass and remove_dead_code on `before`, and expects: the same text as `after` (both as
/// functions, see program()), a program that passes both verifiers, and the same outputs on random
/// inputs as before.
void expect_pass(Status (*pass)(ir::Program&), std::string_view before, std::string_view after,
                 Expectation expectation = {});
/// Expects that the pass changes nothing.
void expect_unchanged(Status (*pass)(ir::Program&), std::string_view function);
/// Expects that two programs with the same inputs and outputs compute the same.
void expect_same_outputs(const ir::Program& a, const ir::Program& b, Expectation expectation = {});

}  // namespace pome::passes
