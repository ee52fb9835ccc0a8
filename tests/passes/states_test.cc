// states_to_values. What it means for numbers: tests/models/state_test.cc.
#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/passes.h"
#include "tests/passes/expect_pass.h"

namespace pome::passes {
namespace {

std::string rewritten(std::string_view before) {
  const auto made = program(before, "ios18");
  const Status status = states_to_values(*made);
  if (!status.ok()) return status.error().to_string();
  const Status valid = ir::verify(*made);
  EXPECT_TRUE(valid.ok()) << valid.error().to_string();
  return ir::print(*made);
}

std::string text_of(std::string_view function) { return ir::print(*program(function, "ios18")); }

TEST(StatesToValues, AReadIsACopyAndAWriteAnOutput) {
  EXPECT_EQ(rewritten(R"((tensor<fp16, [2]> x, state<tensor<fp16, [2]>> s) {
                tensor<fp16, [2]> old = read_state(input = s);
                tensor<fp16, [2]> y = add(x = old, y = x);
                write_state(data = y, input = s);
              } -> (y);)"),
            text_of(R"((tensor<fp16, [2]> x, tensor<fp16, [2]> s) {
                tensor<fp16, [2]> old = identity(x = s);
                tensor<fp16, [2]> y = add(x = old, y = x);
              } -> (y, y);)"));
}

TEST(StatesToValues, EachReadSeesTheLastWriteBeforeIt) {
  EXPECT_EQ(
      rewritten(R"((state<tensor<fp32, [2]>> a, tensor<fp32, [2]> x, state<tensor<fp32, [2]>> b) {
                tensor<fp32, [2]> a0 = read_state(input = a);
                write_state(data = x, input = a);
                tensor<fp32, [2]> a1 = read_state(input = a);
                tensor<fp32, [2]> a2 = coreml_update_state(state = a, value = tensor<fp32, [2]>([1, 2]));
                tensor<fp32, [2]> b0 = read_state(input = b);
              } -> (a0, a1, a2, b0);)"),
      text_of(R"((tensor<fp32, [2]> a, tensor<fp32, [2]> x, tensor<fp32, [2]> b) {
                tensor<fp32, [2]> a0 = identity(x = a);
                tensor<fp32, [2]> a1 = identity(x = x);
                tensor<fp32, [2]> a_written = const()[name = string("a_written"), val = tensor<fp32, [2]>([1, 2])];
                tensor<fp32, [2]> a2 = identity(x = a_written);
                tensor<fp32, [2]> b0 = identity(x = b);
              } -> (a0, a1, a2, b0, a_written, b);)"));
}

TEST(StatesToValues, ControlFlowMayReadButNotWrite) {
  constexpr std::string_view kRead = R"((tensor<bool, []> p, state<tensor<fp32, [2]>> s) {
      tensor<fp32, [2]> y = cond(pred = p)
          () { tensor<fp32, [2]> a = read_state(input = s); } -> (a),
          () { tensor<fp32, [2]> b = read_state(input = s); tensor<fp32, [2]> c = relu(x = b); } -> (c);
    } -> (y);)";
  const std::string read = rewritten(kRead);
  EXPECT_NE(read.find("identity(x = s)"), read.rfind("identity(x = s)")) << read;  // two
  const std::string refused = rewritten(R"((tensor<bool, []> p, state<tensor<fp32, [2]>> s) {
      tensor<fp32, [2]> y = cond(pred = p)
          () { tensor<fp32, [2]> a = read_state(input = s); write_state(data = a, input = s); } -> (a),
          () { tensor<fp32, [2]> b = read_state(input = s); } -> (b);
    } -> (y);)");
  EXPECT_NE(refused.find("write_state stands inside of control flow"), std::string::npos)
      << refused;
}

TEST(StatesToValues, AStateIsNoValue) {
  EXPECT_NE(rewritten("(state<tensor<fp32, [2]>> s) { } -> (s);").find("\"s\" is used as a value"),
            std::string::npos);
  EXPECT_NE(rewritten(R"((state<tensor<fp32, [2]>> s) {
                state<tensor<fp32, [2]>> t = identity(x = s);
                tensor<fp32, [2]> y = read_state(input = t);
              } -> (y);)")
                .find("\"s\" is used as a value"),
            std::string::npos);
}

/// What is wrong with a line in a function of a tensor x of three and a state s of two numbers.
std::string refusal(std::string_view line) {
  const auto parsed = ir::parse(
      "program(1.3)\n{\nfunc main<ios18>(tensor<fp32, [3]> x, state<tensor<fp32, [2]>> s) {\n" +
      std::string(line) + "\n} -> ();\n}");
  EXPECT_TRUE(parsed.ok()) << parsed.error().to_string();
  const Status status = parsed.ok() ? infer_types(**parsed) : Status();
  return status.ok() ? "no error" : status.error().message();
}

TEST(StatesToValues, TheOpsAreHeldToTheStatesTypes) {
  EXPECT_EQ(refusal("write_state(data = x, input = s);"),
            "parameter \"data\" is a tensor<fp32, [3]>, the state holds a tensor<fp32, [2]>");
  EXPECT_EQ(refusal("write_state(data = tensor<fp16, [2]>([1, 2]), input = s);"),
            "parameter \"data\" is a tensor<fp16, [2]>, the state holds a tensor<fp32, [2]>");
  EXPECT_EQ(refusal("tensor<fp32, [3]> y = read_state(input = x);"),
            "parameter \"input\" is a tensor<fp32, [3]>, a state of a tensor is expected");
  EXPECT_EQ(refusal("tensor<fp32, [2]> y = relu(x = s);"),
            "parameter \"x\" is a state<tensor<fp32, [2]>>, it takes fp16 or fp32");
}

}  // namespace
}  // namespace pome::passes
