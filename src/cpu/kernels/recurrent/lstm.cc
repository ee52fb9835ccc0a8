// An LSTM: gates i, f, o lie side by side and share a function, the cell's input z comes last.
#include "base/try.h"
#include "cpu/kernels/checks.h"
#include "cpu/kernels/recurrent/recurrent_impl.h"

namespace pome::cpu {
namespace {

struct Products {
  Product input, state;
  int64_t bytes = 0;
};

Products products(const RecurrentParams& p, int direction) {
  Products all;
  all.input =
      product(p, p.steps * p.batch, p.inputs, 4 * p.hidden, p.has_bias[direction], all.bytes);
  all.state = product(p, p.batch, p.hidden, 4 * p.hidden, false, all.bytes);
  return all;
}

struct Memory {
  float *inputs, *gates, *h, *c, *squashed, *product;
  int64_t bytes;
};

Memory memory(const RecurrentParams& p, void* scratch, int threads) {
  Scratch s(scratch);
  Memory m{};
  m.inputs = s.floats(p.steps * p.batch * 4 * p.hidden);
  m.gates = s.floats(p.batch * 4 * p.hidden);
  m.h = s.floats(p.batch * p.hidden);
  m.c = s.floats(p.batch * p.hidden);
  m.squashed = s.floats(p.hidden);
  const Products all = products(p, 0);
  const int64_t most = std::max(product_scratch(all.input, p.steps * p.batch, threads),
                                product_scratch(all.state, p.batch, threads));
  m.product = s.floats((most + 3) / 4);
  m.bytes = s.used();
  return m;
}

/// New c and h of one of the batch; gates are [4][hidden].
void cell_step(const RecurrentParams& p, const Memory& m, float* gates, float* h, float* c,
               ThreadPool& pool) noexcept {
  const int64_t n = p.hidden;
  apply(p, p.gate, p.gate_clip, gates, 3 * n, pool);
  apply(p, p.cell, p.gate_clip, gates + 3 * n, n, pool);
  const float* i = gates;
  const float* f = gates + n;
  const float* o = gates + 2 * n;
  const float* z = gates + 3 * n;
  if (p.coupled) {
    for (int64_t k = 0; k < n; ++k) c[k] = (1 - i[k]) * c[k] + i[k] * z[k];
  } else {
    for (int64_t k = 0; k < n; ++k) c[k] = f[k] * c[k] + i[k] * z[k];
  }
  if (p.cell_clip > 0)
    for (int64_t k = 0; k < n; ++k) c[k] = std::min(std::max(c[k], -p.cell_clip), p.cell_clip);
  std::copy_n(c, n, m.squashed);
  apply(p, p.output, 0, m.squashed, n, pool);
  for (int64_t k = 0; k < n; ++k) h[k] = o[k] * m.squashed[k];
}

}  // namespace

Status recurrent_check(const RecurrentParams& p, int gates) {
  POME_TRY(check_isa(p.isa));
  POME_TRY(check_sizes({{"inputs", p.inputs}, {"hidden", p.hidden}}, 1));
  POME_TRY(check_sizes({{"steps", p.steps}, {"batch", p.batch}}, 0));
  POME_TRY(check_product("weight_ih", {p.inputs, p.hidden, gates}));
  POME_TRY(check_product("weight_hh", {p.hidden, p.hidden, gates}));
  POME_TRY(check_product("x", {p.steps, p.batch, p.inputs}));
  return check_product("the gates of all steps", {p.steps, p.batch, p.hidden, gates});
}

int64_t lstm_packed_bytes(const RecurrentParams& p, int direction) {
  return products(p, direction).bytes;
}

int64_t lstm_scratch_bytes(const RecurrentParams& p, int threads) {
  return memory(p, nullptr, threads).bytes;
}

Status lstm_pack(const RecurrentParams& p, int direction, const Weights& ih, const Weights& hh,
                 const Weights& bias, std::span<std::byte> packed) {
  const Products all = products(p, direction);
  const auto part = [&](const Product& product) {
    return packed.subspan(static_cast<size_t>(product.packed_at),
                          static_cast<size_t>(linear_packed_bytes(product.params)));
  };
  POME_TRY(linear_pack(all.input.params, ih, bias, part(all.input)));
  return linear_pack(all.state.params, hh, {}, part(all.state));
}

void lstm_run(const RecurrentParams& p, const RecurrentBuffers& b, ThreadPool& pool) noexcept {
  const Memory m = memory(p, b.scratch, pool.threads());
  const int64_t width = 4 * p.hidden;
  const int64_t row = p.batch * p.directions * p.hidden;
  for (int d = 0; d < p.directions; ++d) {
    const Products all = products(p, d);
    load_state(p, d, b.initial_h, m.h);
    load_state(p, d, b.initial_c, m.c);
    all.input.run(b.packed[d], b.x, p.steps * p.batch, nullptr, m.inputs, m.product, pool);
    for (int64_t t = 0; t < p.steps; ++t) {
      const Step step = step_of(p, d, t);
      all.state.run(b.packed[d], m.h, p.batch, m.inputs + step.from * p.batch * width, m.gates,
                    m.product, pool);
      for (int64_t n = 0; n < p.batch; ++n)
        cell_step(p, m, m.gates + n * width, m.h + n * p.hidden, m.c + n * p.hidden, pool);
      if (p.sequence) copy_state(p, d, m.h, b.y + step.row * row);
    }
    if (!p.sequence) copy_state(p, d, m.h, b.y);
    copy_state(p, d, m.h, b.last_h);
    copy_state(p, d, m.c, b.last_c);
  }
}

}  // namespace pome::cpu
