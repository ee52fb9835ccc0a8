// The arithmetic of sliding windows against its definition, cell by cell.
#include "ops/window.h"

#include <gtest/gtest.h>

namespace pome::ops {
namespace {

/// Every window that fits, over all small parameters: taps() and positions() must name exactly the
/// pairs (position, tap) that read the input.
TEST(Window, TapsAndPositionsAreThePairsThatReadTheInput) {
  int checked = 0;
  for (int64_t in = 1; in <= 7; ++in)
    for (int64_t kernel = 1; kernel <= 4; ++kernel)
      for (int64_t stride = 1; stride <= 4; ++stride)
        for (int64_t dilation = 1; dilation <= 3; ++dilation)
          for (int64_t before = 0; before <= 3; ++before)
            for (int64_t after = 0; after <= 2; ++after) {
              const auto window = make_window({.in = {in},
                                               .kernel = {kernel},
                                               .strides = {stride},
                                               .dilations = {dilation},
                                               .pad = {before, after},
                                               .type = PadType::kCustom});
              if (!window.ok()) {
                EXPECT_LT(in + before + after, (kernel - 1) * dilation + 1);
                continue;
              }
              const Window& w = (*window)[0];
              for (int64_t o = 0; o < w.out; ++o)
                for (int64_t k = 0; k < kernel; ++k) {
                  const int64_t at = o * stride + k * dilation - before;
                  const bool reads = at >= 0 && at < in;
                  const auto taps = w.taps(o);
                  const auto positions = w.positions(k);
                  ASSERT_EQ(reads, k >= taps.begin && k < taps.end);
                  ASSERT_EQ(reads, o >= positions.begin && o < positions.end);
                  ++checked;
                }
            }
  EXPECT_GT(checked, 10000);
}

/// "same" keeps ceil(in / stride) positions with the least padding, the odd cell on the right side.
TEST(Window, SamePadsAsLittleAsPossible) {
  for (int64_t in = 1; in <= 9; ++in)
    for (int64_t kernel = 1; kernel <= 5; ++kernel)
      for (int64_t stride = 1; stride <= 4; ++stride)
        for (const PadType type : {PadType::kSame, PadType::kSameLower}) {
          const auto window =
              make_window({.in = {in}, .kernel = {kernel}, .strides = {stride}, .type = type});
          ASSERT_TRUE(window.ok()) << window.error().to_string();
          const Window& w = (*window)[0];
          EXPECT_EQ(w.out, (in + stride - 1) / stride);
          const int64_t total = w.pad_before + w.pad_after;
          EXPECT_EQ(total, std::max<int64_t>(0, (w.out - 1) * stride + kernel - in));
          const int64_t odd = total % 2;
          EXPECT_EQ(w.pad_before - w.pad_after, type == PadType::kSame ? -odd : odd);
        }
}

TEST(Window, CeilModeRoundsUpButStartsNoWindowBeyondTheInput) {
  const auto out = [](int64_t in, int64_t kernel, int64_t stride, int64_t pad) {
    const auto window = make_window({.in = {in},
                                     .kernel = {kernel},
                                     .strides = {stride},
                                     .dilations = {},
                                     .pad = {pad, pad},
                                     .type = PadType::kCustom,
                                     .ceil_mode = true});
    return window.ok() ? (*window)[0].out : -1;
  };
  // Worked by hand: ceil((in + 2 pad - kernel) / stride) + 1, less one when (out - 1) * stride >=
  // in
  // + pad and there is padding.
  EXPECT_EQ(out(8, 3, 2, 0), 4);
  EXPECT_EQ(out(7, 3, 2, 0), 3);
  EXPECT_EQ(out(8, 3, 2, 1), 5);
  EXPECT_EQ(out(5, 2, 3, 1), 2);  // three would start at 6 >= 5 + 1
  EXPECT_EQ(out(6, 2, 2, 1), 4);
  EXPECT_EQ(out(5, 1, 3, 1), 2);
}

TEST(Window, UnknownExtentsStayUnknown) {
  const auto window =
      make_window({.in = {Shape::kUnknown, 5}, .kernel = {3, Shape::kUnknown}, .strides = {2, 1}});
  ASSERT_TRUE(window.ok());
  EXPECT_EQ((*window)[0].out, Shape::kUnknown);
  EXPECT_EQ((*window)[1].out, Shape::kUnknown);
}

TEST(Window, HugeNumbersAreRefused) {
  EXPECT_FALSE(make_window({.in = {int64_t{1} << 40}, .kernel = {3}}).ok());
  EXPECT_FALSE(make_window({.in = {8}, .kernel = {int64_t{1} << 62}}).ok());
  EXPECT_FALSE(make_window({.in = {8}, .kernel = {3}, .strides = {INT64_MAX}}).ok());
  const int64_t big = kMaxExtent;
  const auto edge = make_transposed_window(
      {.in = {big}, .kernel = {big}, .strides = {big}, .dilations = {big}}, Shape());
  EXPECT_FALSE(edge.ok());
}

}  // namespace
}  // namespace pome::ops
