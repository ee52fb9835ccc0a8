// Products of a few rows with packed weights, by the form of the weights, in turns.
//   ninja linear_bench && build/release/benchmarks/linear_bench MEGABYTES ROUNDS [THREADS]
// MEGABYTES of fp32 weights are gone through, each once a round, by every form: more than the last
// cache holds times memory, fewer time the cache. Microseconds of a product (median of the rounds),
// bytes of weights a second, and the median of the ratios to the first form: how many times as
// fast. POME_FORCE_ISA chooses the instruction set.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/half.h"
#include "base/thread_pool.h"
#include "cpu/kernels/gemm/linear_impl.h"

namespace pome::cpu::bench {
namespace {

using Run = void (*)(const LinearParams&, const LinearBuffers&, ThreadPool&) noexcept;

struct Form {
  const char* name;
  bool half;
  Run run;
  std::vector<AlignedBuffer> copies = {};
  LinearParams params = {};
  std::vector<double> seconds = {};
  std::vector<double> gains = {};
};

AlignedBuffer buffer_of(int64_t bytes) {
  return std::move(
      AlignedBuffer::allocate(static_cast<size_t>(std::max<int64_t>(bytes, 64))).value());
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void prepare(Form& form, const LinearParams& params, const std::vector<uint16_t>& halves,
             int64_t copies) {
  form.params = params;
  form.params.half_weights = form.half;
  for (int64_t i = 0; i < copies; ++i) {
    form.copies.push_back(buffer_of(linear_packed_bytes(form.params)));
    linear_pack(
        form.params, {ir::DType::kFp16, std::as_bytes(std::span(halves))}, {},
        form.copies.back().bytes().first(static_cast<size_t>(linear_packed_bytes(form.params))))
        .value();
  }
}

void compare(Isa isa, int64_t rows, int64_t in, int64_t out, int64_t megabytes, int rounds,
             int threads) {
  LinearParams p;
  p.isa = isa;
  p.rows = rows;
  p.in_features = in;
  p.out_features = out;
  std::vector<uint16_t> halves(static_cast<size_t>(in * out));
  std::mt19937 engine(1);
  for (uint16_t& h : halves) h = float_to_half(static_cast<float>(engine() >> 8) * 0x1p-24f - 0.5f);
  std::vector<Form> forms;
  if (has_few_rows(p)) forms.push_back({"fp32", false, linear_few_rows});
  if (linear_keeps_halves(isa, rows)) forms.push_back({"fp16", true, linear_few_rows});
  if (rows > 1) forms.push_back({"fp32 tiles", false, linear_rows});
  const int64_t copies = std::max<int64_t>(1, megabytes * 1'000'000 / (in * out * 4));
  for (Form& form : forms) prepare(form, p, halves, copies);
  const AlignedBuffer x = buffer_of(rows * in * 4);
  const AlignedBuffer y = buffer_of(rows * out * 4);
  const AlignedBuffer scratch = buffer_of(linear_rows_scratch(p, threads) * 4);
  ThreadPool pool(threads);
  for (int round = -2; round < rounds; ++round) {
    for (Form& form : forms) {
      const auto start = std::chrono::steady_clock::now();
      for (const AlignedBuffer& packed : form.copies) {
        form.run(form.params,
                 {x.as<float>(), packed.data(), nullptr, const_cast<float*>(y.as<float>()),
                  const_cast<std::byte*>(scratch.data())},
                 pool);
      }
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
      if (round < 0) continue;
      form.seconds.push_back(took.count() / static_cast<double>(copies));
      form.gains.push_back(forms[0].seconds.back() / form.seconds.back());
    }
  }
  for (const Form& form : forms) {
    const double seconds = median(form.seconds);
    std::printf("%5ld x %5ld -> %5ld  %8.1f us  %6.1f GB/s  %5.2f x  %s\n", static_cast<long>(rows),
                static_cast<long>(in), static_cast<long>(out), seconds * 1e6,
                static_cast<double>(in * out) * (form.half ? 2 : 4) / seconds * 1e-9,
                median(form.gains), form.name);
  }
}

}  // namespace
}  // namespace pome::cpu::bench

int main(int argc, char** argv) {
  const auto isa = pome::cpu::choose_isa();
  const long megabytes = argc > 1 ? std::atol(argv[1]) : 0;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 0;
  const int threads = argc > 3 ? std::atoi(argv[3]) : 1;
  if (!isa.ok() || *isa == pome::cpu::Isa::kNone || megabytes < 1 || rounds < 1 || threads < 1) {
    std::fprintf(stderr,
                 "usage: linear_bench MEGABYTES ROUNDS [THREADS]; needs an instruction set "
                 "that has kernels\n");
    return 2;
  }
  const pome::FlushDenormals flush;
  struct Features {
    long in, out;
  };
  // MobileNetV3 Large's head, its largest and a middle squeeze-and-excite.
  for (const Features f : {Features{1280, 1000}, {960, 1280}, {960, 240}, {240, 960}, {672, 168}})
    pome::cpu::bench::compare(*isa, 1, f.in, f.out, megabytes, rounds, threads);
  for (const long rows : {2, 4, 5, 8, 12})
    pome::cpu::bench::compare(*isa, rows, 1280, 1000, megabytes, rounds, threads);
  return 0;
}
