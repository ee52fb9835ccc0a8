#include "cpu/kernels/reorder/reorder.h"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "base/thread_pool.h"
#include "cpu/kernels/reorder/pixels.h"
#include "tests/cpu/support.h"
#include "tests/support/property.h"

namespace pome::cpu::test {
namespace {

class Reorder : public ::testing::TestWithParam<Isa> {};

TEST_P(Reorder, PlainAndBlockedBothWays) {
  for (int64_t pixels : {1, 3, 16, 17, 50, 700}) {
    for (int channels : {1, 3, 4, 8, 15, 16, 17, 40}) {
      for (int batch : {1, 2}) {
        const std::vector<float> nchw = random_floats(batch * channels * pixels, 1);
        std::vector<float> nhwc(nchw.size());
        for (int64_t n = 0; n < batch; ++n) {
          for (int64_t c = 0; c < channels; ++c) {
            for (int64_t i = 0; i < pixels; ++i) {
              nhwc[static_cast<size_t>((n * pixels + i) * channels + c)] =
                  nchw[static_cast<size_t>((n * channels + c) * pixels + i)];
            }
          }
        }
        ThreadPool pool(2);
        for (bool last : {false, true}) {
          ReorderParams p{
              GetParam(), last ? ReorderKind::kNhwcToBlocked : ReorderKind::kNchwToBlocked,
              batch,      channels,
              pixels,     0};
          const std::vector<float>& plain = last ? nhwc : nchw;
          const Floats in(plain);
          Floats blocked(blocked_elements(batch, channels, 1, pixels, GetParam()));
          reorder_run(p, in.data(), blocked.data(), pool);
          EXPECT_TRUE(blocked.guards_intact());
          EXPECT_EQ(from_blocked(GetParam(), blocked, batch, channels, pixels), nchw);
          for (float v : blocked.span()) ASSERT_FALSE(std::isnan(v));  // padded lanes are 0
          p.kind = last ? ReorderKind::kBlockedToNhwc : ReorderKind::kBlockedToNchw;
          Floats out(static_cast<int64_t>(plain.size()));
          reorder_run(p, to_blocked(GetParam(), nchw, batch, channels, pixels).data(), out.data(),
                      pool);
          EXPECT_TRUE(out.guards_intact());
          EXPECT_EQ(std::vector<float>(out.span().begin(), out.span().end()), plain);
        }
      }
    }
  }
}

TEST_P(Reorder, ChannelCopyAtAnyOffset) {
  const int c = channel_block(GetParam());
  for (int in_offset : {0, 1, c, c + 3}) {
    for (int out_offset : {0, 2, c, 2 * c - 1}) {
      for (int channels : {1, c, 2 * c + 5}) {
        ChannelCopyParams p;
        p.isa = GetParam();
        p.batch = 2;
        p.channels = channels;
        p.pixels = 11;
        p.in_channels = in_offset + channels + 2;
        p.in_offset = in_offset;
        p.out_channels = out_offset + channels + 3;
        p.out_offset = out_offset;
        const std::vector<float> in = random_floats(2 * p.in_channels * 11, 1);
        std::vector<float> want = random_floats(2 * p.out_channels * 11, 2);
        const Floats from = to_blocked(GetParam(), in, 2, p.in_channels, 11);
        Floats to = to_blocked(GetParam(), want, 2, p.out_channels, 11);
        for (int64_t n = 0; n < 2; ++n) {
          for (int64_t k = 0; k < channels * 11; ++k) {
            want[static_cast<size_t>((n * p.out_channels + out_offset) * 11 + k)] =
                in[static_cast<size_t>((n * p.in_channels + in_offset) * 11 + k)];
          }
        }
        ThreadPool pool(2);
        channel_copy_run(p, from.data(), to.data(), pool);
        EXPECT_EQ(from_blocked(GetParam(), to, 2, p.out_channels, 11), want);
      }
    }
  }
}

TEST(RowCopy, PartsOfRows) {
  struct Case {
    int64_t rows, row_bytes, begin, bytes;
  };
  for (const Case& c : {Case{1, 8, 4, 4},
                        {3, 20, 0, 20},
                        {7, 12, 4, 4},
                        {5, 40, 36, 4},
                        {2, 300000, 100000, 150004},
                        {300, 4000, 8, 2000},
                        {4, 16, 8, 0},
                        {0, 16, 8, 4}}) {
    SCOPED_TRACE(std::to_string(c.rows) + " rows of " + std::to_string(c.row_bytes));
    const Floats in(random_floats(c.rows * c.row_bytes / 4, 1));
    std::vector<float> want;
    for (int64_t row = 0; row < c.rows; ++row) {
      for (int64_t i = 0; i < c.bytes / 4; ++i)
        want.push_back(in.data()[row * c.row_bytes / 4 + c.begin / 4 + i]);
    }
    for (int threads : {1, 2}) {
      Floats out(static_cast<int64_t>(want.size()));
      ThreadPool pool(threads);
      row_copy_run({c.rows, c.row_bytes, c.begin, c.bytes}, in.data(), out.data(), pool);
      EXPECT_TRUE(out.guards_intact());
      EXPECT_EQ(std::vector<float>(out.span().begin(), out.span().end()), want);
    }
  }
}

TEST_P(Reorder, HalfEveryValueBothWays) {
  std::vector<uint16_t> halves(65536);
  std::iota(halves.begin(), halves.end(), static_cast<uint16_t>(0));
  Floats floats(65536);
  ThreadPool pool(2);
  convert_half_to_float(GetParam(), halves.data(), floats.data(), 65536, pool);
  std::vector<uint16_t> back(65536);
  convert_float_to_half(GetParam(), floats.data(), back.data(), 65536, pool);
  for (uint32_t i = 0; i < 65536; ++i) {
    const float want = half_to_float(static_cast<uint16_t>(i));
    if (std::isnan(want)) {
      ASSERT_TRUE(std::isnan(floats.data()[i]));
      ASSERT_TRUE(std::isnan(half_to_float(back[i])));
    } else {
      ASSERT_EQ(floats.data()[i], want);
      ASSERT_EQ(back[i], i);
    }
  }
}

TEST_P(Reorder, HalfRoundsToNearestEven) {
  std::vector<float> x = random_floats(5000, 1, -70000, 70000);
  for (float v : random_floats(5000, 2, -1e-4f, 1e-4f)) x.push_back(v);
  for (float v : {65504.0f, 65519.9f, 65520.0f, 1.0f + 0x1p-11f, 1.0f + 3 * 0x1p-11f, 0x1p-25f}) {
    x.push_back(v);
  }
  std::vector<uint16_t> got(x.size());
  ThreadPool pool(1);
  convert_float_to_half(GetParam(), x.data(), got.data(), static_cast<int64_t>(x.size()), pool);
  for (size_t i = 0; i < x.size(); ++i) ASSERT_EQ(got[i], float_to_half(x[i])) << x[i];
}

TEST_P(Reorder, PixelsBecomeFloats) {
  testing::for_all(60, 12, [](testing::Draws& d) {
    PixelsParams p;
    p.isa = GetParam();
    p.images = d.pick(1, 2);
    p.channels = d.pick(1, 4);
    p.plane = d.flip() ? d.pick(1, 70) : d.pick(20000, 20100);  // of several tasks
    for (int c = 0; c < p.channels; ++c) {
      p.scaling.scale[c] = static_cast<float>(1 + c) / 4;
      p.scaling.bias[c] = static_cast<float>(d.pick(0, 9)) / 2;
    }
    ASSERT_TRUE(pixels_check(p).ok());
    const int64_t count = p.images * p.channels * p.plane;
    GuardedMemory bytes(static_cast<size_t>(count));
    Floats output(count);
    std::vector<float> want;
    for (int64_t i = 0; i < count; ++i) {
      const auto byte = static_cast<uint8_t>(i * 37);
      bytes.data()[i] = static_cast<std::byte>(byte);
      const int64_t c = i / p.plane % p.channels;
      want.push_back(p.scaling.scale[c] * static_cast<float>(byte) + p.scaling.bias[c]);
    }
    ThreadPool pool(d.pick(1, 3));
    pixels_run(p, reinterpret_cast<const uint8_t*>(bytes.data()), output.data(), pool);
    EXPECT_TRUE(output.guards_intact());
    EXPECT_EQ(std::vector<float>(output.span().begin(), output.span().end()), want);
  });
  PixelsParams wrong;
  wrong.isa = GetParam();
  wrong.plane = 4;
  EXPECT_TRUE(pixels_check(wrong).ok());
  wrong.channels = 5;
  EXPECT_FALSE(pixels_check(wrong).ok());
}

INSTANTIATE_TEST_SUITE_P(Isas, Reorder, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

template <typename T>
void check_transpose(const TransposeParams& p, ThreadPool& pool) {
  int64_t total = 1;
  std::vector<int64_t> strides(static_cast<size_t>(p.rank), 1);
  for (int a = p.rank - 1; a >= 0; --a) {
    strides[static_cast<size_t>(a)] = total;
    total *= p.in_dims[a];
  }
  std::vector<T> in(static_cast<size_t>(total));
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<T>(i * 2654435761u);
  std::vector<T> want;
  for (int64_t i = 0; i < total; ++i) {
    int64_t rest = i;
    int64_t from = 0;
    for (int a = p.rank - 1; a >= 0; --a) {
      const int64_t dim = p.in_dims[p.perm[a]];
      from += rest % dim * strides[static_cast<size_t>(p.perm[a])];
      rest /= dim;
    }
    want.push_back(in[static_cast<size_t>(from)]);
  }
  std::vector<T> out(in.size());
  transpose_run(p, in.data(), out.data(), pool);
  EXPECT_EQ(out, want);
}

TEST(Transpose, AllPermutationsOfFourAxes) {
  ThreadPool pool(2);
  TransposeParams p;
  p.rank = 4;
  int perm[4] = {0, 1, 2, 3};
  do {
    for (const auto& dims :
         {std::array<int64_t, 4>{2, 3, 4, 5}, {1, 17, 33, 3}, {20, 1, 1, 40}, {3, 0, 2, 2}}) {
      for (int a = 0; a < 4; ++a) {
        p.in_dims[a] = dims[static_cast<size_t>(a)];
        p.perm[a] = perm[a];
      }
      ASSERT_TRUE(transpose_check(p).ok());
      check_transpose<uint32_t>(p, pool);
    }
  } while (std::next_permutation(perm, perm + 4));
}

// A picture's channels into planes, which has vectors of its own.
class Split : public ::testing::TestWithParam<Isa> {};

TEST_P(Split, EveryCountOfPixelsAndChannels) {
  for (int threads : {1, 3}) {
    ThreadPool pool(threads);
    for (int64_t channels = 1; channels <= 5; ++channels) {
      for (int64_t pixels : {1, 2, 7, 8, 15, 16, 17, 31, 48, 100, 40001}) {
        TransposeParams p;
        p.isa = GetParam();
        p.rank = 2;
        p.in_dims[0] = pixels;
        p.in_dims[1] = channels;
        p.perm[0] = 1;
        const Floats in(random_floats(pixels * channels, 1));
        Floats out(in.size());
        transpose_run(p, in.data(), out.data(), pool);
        EXPECT_TRUE(out.guards_intact());
        for (int64_t i = 0; i < in.size(); ++i)
          ASSERT_EQ(out.data()[i % channels * pixels + i / channels], in.data()[i]);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Split, ::testing::ValuesIn(isas()),
                         [](const auto& isa) { return std::string(name(isa.param)); });

TEST(Transpose, OtherRanksAndElements) {
  ThreadPool pool(3);
  TransposeParams p;
  check_transpose<uint32_t>(p, pool);  // rank 0
  p.rank = 8;
  for (int a = 0; a < 8; ++a) {
    p.in_dims[a] = 2 + a % 2;
    p.perm[a] = 7 - a;
  }
  ASSERT_TRUE(transpose_check(p).ok());
  check_transpose<uint32_t>(p, pool);
  p.element_bytes = 1;
  check_transpose<uint8_t>(p, pool);
  p.element_bytes = 2;
  check_transpose<uint16_t>(p, pool);
  p.element_bytes = 8;
  check_transpose<uint64_t>(p, pool);
  p.rank = 2;
  p.element_bytes = 4;
  p.in_dims[0] = 300;
  p.in_dims[1] = 500;
  p.perm[0] = 1;
  p.perm[1] = 0;
  check_transpose<uint32_t>(p, pool);
  p.perm[1] = 1;
  EXPECT_FALSE(transpose_check(p).ok());
  p.perm[1] = 0;
  p.element_bytes = 3;
  EXPECT_FALSE(transpose_check(p).ok());
}

}  // namespace
}  // namespace pome::cpu::test
