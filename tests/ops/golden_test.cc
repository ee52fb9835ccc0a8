// Every sample of every op, through the reference, against values that NumPy, SciPy or a framework
// computed (tools/goldens).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "golden_file.h"
#include "ops/families.h"
#include "ops/sample.h"

namespace pome::ops {
namespace {

std::string type_text(const ir::Type& type) {
  std::string dims;
  for (const int64_t d : type.shape().dims()) dims += (dims.empty() ? "" : ",") + std::to_string(d);
  return std::string(ir::name(type.dtype())) + "[" + dims + "]";
}

void compare(const GoldenOutput& golden, const OwnedTensor& got) {
  ASSERT_EQ(type_text(got.type), golden.type);
  const TensorView view = got.view();
  double scale = 0;
  for (const double v : golden.values)
    if (std::isfinite(v)) scale = std::max(scale, std::abs(v));
  int shown = 0;
  for (size_t i = 0; i < golden.values.size() && shown < 4; ++i) {
    const double want = golden.values[i];
    const double value = view.real(static_cast<int64_t>(i));
    if (std::isnan(want) ? std::isnan(value) : value == want) continue;
    // A result too large for the dtype overflows to infinity, which float32 still holds.
    if (golden.dtype == ir::DType::kFp16 && std::abs(want) >= 65520 &&
        value == std::copysign(INFINITY, want))
      continue;
    const double limit = tolerance(golden.dtype, want) + golden.rtol * std::abs(want) + golden.atol;
    if (std::abs(value - want) <= limit) continue;
    ADD_FAILURE() << "element " << i << " is " << value << ", expected " << want << " +- " << limit;
    ++shown;
  }
}

void check_sample(const OpDef& def, std::string_view line, const GoldenFile& goldens) {
  const std::string key =
      std::string(def.name) + " " + std::string(ir::text_tag(def.since)) + "\t" + std::string(line);
  SCOPED_TRACE(key);
  const Result<Sample> sample = make_sample(def, line);
  ASSERT_TRUE(sample.ok()) << sample.error().to_string();
  if (def.is(kHost)) return;
  const auto golden = goldens.find(key);
  ASSERT_NE(golden, goldens.end()) << "no golden: run the script of this family in tools/goldens";
  const auto outputs = run_reference(def, *sample);
  ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
  ASSERT_EQ(outputs->size(), golden->second.size());
  for (size_t i = 0; i < outputs->size(); ++i) {
    SCOPED_TRACE("output " + std::to_string(i));
    compare(golden->second[i], (*outputs)[i]);
  }
}

class Golden : public testing::TestWithParam<Family> {};

TEST_P(Golden, ReferenceAgrees) {
  // What the caller's code computes and what states hold has no goldens
  // (tests/models/custom_layer_test.cc, tests/models/state_test.cc).
  const auto bare = [](const OpDef& def) { return def.is(kUserCode) || def.is(kStateful); };
  const bool ours = std::none_of(GetParam().ops.begin(), GetParam().ops.end(), bare);
  GoldenFile goldens;
  const std::string path = std::string(POME_SOURCE_DIR "/tests/data/goldens/") +
                           std::string(GetParam().name) + ".golden";
  if (ours) {
    ASSERT_NO_FATAL_FAILURE(read_golden_file(path, goldens));
  }
  size_t samples = 0;
  for (const OpDef& def : GetParam().ops) {
    EXPECT_EQ(def.samples.empty(), bare(def)) << def.name << " has no samples";
    samples += def.is(kHost) ? 0 : def.samples.size();
    for (const std::string_view line : def.samples) check_sample(def, line, goldens);
  }
  EXPECT_EQ(goldens.size(), samples) << path << " holds other cases than the table";
}

/// With extents unknown, infer must succeed and promise nothing that the true extents break.
TEST_P(Golden, InferHoldsWithUnknownExtents) {
  for (const OpDef& def : GetParam().ops) {
    for (const std::string_view line : def.samples) {
      SCOPED_TRACE(std::string(def.name) + " " + std::string(line));
      const Result<Sample> open = make_sample(def, line, {.unknown_extents = true});
      ASSERT_TRUE(open.ok()) << open.error().to_string();
      if (def.is(kHost)) continue;
      const auto outputs = run_reference(def, *open);
      ASSERT_TRUE(outputs.ok()) << outputs.error().to_string();
      ASSERT_EQ(outputs->size(), open->op->outputs().size());
      for (size_t i = 0; i < outputs->size(); ++i) {
        const ir::Type& inferred = open->op->output(i)->type();
        const ir::Type& real = (*outputs)[i].type;
        ASSERT_EQ(inferred.dtype(), real.dtype());
        ASSERT_EQ(inferred.shape().rank(), real.shape().rank())
            << inferred.to_string() << " against " << real.to_string();
        for (int d = 0; d < real.shape().rank(); ++d)
          EXPECT_TRUE(inferred.shape()[d] == Shape::kUnknown ||
                      inferred.shape()[d] == real.shape()[d])
              << inferred.to_string() << " against " << real.to_string();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, Golden, testing::ValuesIn(families().begin(), families().end()),
                         [](const auto& family) { return std::string(family.param.name); });

}  // namespace
}  // namespace pome::ops
