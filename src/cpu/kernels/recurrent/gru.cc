// A GRU: gates r and z share a product, the new values o have one of their own.
#include <vector>

#include "base/try.h"
#include "cpu/kernels/recurrent/recurrent_impl.h"

namespace pome::cpu {
namespace {

struct Products {
  Product gates_of_x, gates_of_h, output_of_x, output_of_h;
  int64_t bytes = 0;
};

Products products(const RecurrentParams& p) {
  Products all;
  const int64_t rows = p.steps * p.batch;
  all.gates_of_x = product(p, rows, p.inputs, 2 * p.hidden, true, all.bytes);
  all.gates_of_h = product(p, p.batch, p.hidden, 2 * p.hidden, false, all.bytes);
  all.output_of_x = product(p, rows, p.inputs, p.hidden, true, all.bytes);
  all.output_of_h = product(p, p.batch, p.hidden, p.hidden, p.reset_after, all.bytes);
  return all;
}

struct Memory {
  float *gates_of_x, *output_of_x, *gates, *output, *h, *held, *product;
  int64_t bytes;
};

Memory memory(const RecurrentParams& p, void* scratch, int threads) {
  Scratch s(scratch);
  Memory m{};
  m.gates_of_x = s.floats(p.steps * p.batch * 2 * p.hidden);
  m.output_of_x = s.floats(p.steps * p.batch * p.hidden);
  m.gates = s.floats(p.batch * 2 * p.hidden);
  m.output = s.floats(p.batch * p.hidden);
  m.h = s.floats(p.batch * p.hidden);
  m.held = s.floats(p.batch * p.hidden);
  const Products all = products(p);
  int64_t most = 0;
  for (const Product* product : {&all.gates_of_x, &all.output_of_x})
    most = std::max(most, product_scratch(*product, p.steps * p.batch, threads));
  for (const Product* product : {&all.gates_of_h, &all.output_of_h})
    most = std::max(most, product_scratch(*product, p.batch, threads));
  m.product = s.floats((most + 3) / 4);
  m.bytes = s.used();
  return m;
}

/// One step of all of the batch, gates [batch][r, z], into m.h.
void step_of_batch(const RecurrentParams& p, const Products& all, const RecurrentBuffers& b,
                   const Memory& m, int64_t from, ThreadPool& pool) noexcept {
  const int64_t n = p.hidden;
  all.gates_of_h.run(b.packed[0], m.h, p.batch, m.gates_of_x + from * p.batch * 2 * n, m.gates,
                     m.product, pool);
  apply(p, p.gate, p.gate_clip, m.gates, p.batch * 2 * n, pool);
  const float* of_x = m.output_of_x + from * p.batch * n;
  if (p.reset_after) {
    all.output_of_h.run(b.packed[0], m.h, p.batch, nullptr, m.output, m.product, pool);
    for (int64_t i = 0; i < p.batch; ++i)
      for (int64_t k = 0; k < n; ++k)
        m.output[i * n + k] = of_x[i * n + k] + m.gates[i * 2 * n + k] * m.output[i * n + k];
  } else {
    for (int64_t i = 0; i < p.batch; ++i)
      for (int64_t k = 0; k < n; ++k) m.held[i * n + k] = m.gates[i * 2 * n + k] * m.h[i * n + k];
    all.output_of_h.run(b.packed[0], m.held, p.batch, of_x, m.output, m.product, pool);
  }
  apply(p, p.output, p.gate_clip, m.output, p.batch * n, pool);
  for (int64_t i = 0; i < p.batch; ++i) {
    const float* z = m.gates + i * 2 * n + n;
    for (int64_t k = 0; k < n; ++k)
      m.h[i * n + k] = (1 - z[k]) * m.output[i * n + k] + z[k] * m.h[i * n + k];
  }
}

/// Rows of `hidden` out of weights with rows r, o, z.
struct RowsOf {
  ir::DType dtype;
  std::vector<std::byte> bytes;

  RowsOf(const Weights& w, std::initializer_list<int> gates, int64_t hidden, int64_t columns)
      : dtype(w.dtype) {
    const auto gate_bytes = static_cast<size_t>(ir::storage_bytes(dtype, hidden * columns));
    for (const int gate : gates) {
      const auto rows = w.bytes.subspan(static_cast<size_t>(gate) * gate_bytes, gate_bytes);
      bytes.insert(bytes.end(), rows.begin(), rows.end());
    }
  }
  Weights weights() const { return {dtype, bytes}; }
};

Weights view(const std::vector<float>& values) {
  return {ir::DType::kFp32, std::as_bytes(std::span(values))};
}

}  // namespace

int64_t gru_packed_bytes(const RecurrentParams& p) { return products(p).bytes; }

int64_t gru_scratch_bytes(const RecurrentParams& p, int threads) {
  return memory(p, nullptr, threads).bytes;
}

Status gru_pack(const RecurrentParams& p, const Weights& ih, const Weights& hh, const Weights& bias,
                const Weights& input_bias, std::span<std::byte> packed) {
  const Products all = products(p);
  const auto part = [&](const Product& product) {
    return packed.subspan(static_cast<size_t>(product.packed_at),
                          static_cast<size_t>(linear_packed_bytes(product.params)));
  };
  std::vector<float> of_x(static_cast<size_t>(3 * p.hidden));  // r, o, z
  std::vector<float> of_h(static_cast<size_t>(p.hidden));
  for (int64_t i = 0; i < 3 * p.hidden; ++i) {
    const bool to_h = p.reset_after && i >= p.hidden && i < 2 * p.hidden;
    const float own = bias.empty() ? 0 : bias.at(i);
    if (to_h) of_h[static_cast<size_t>(i - p.hidden)] = own;
    of_x[static_cast<size_t>(i)] = (to_h ? 0 : own) + (input_bias.empty() ? 0 : input_bias.at(i));
  }
  const Weights all_biases = view(of_x);
  const RowsOf gates_bias(all_biases, {0, 2}, p.hidden, 1);
  const RowsOf output_bias(all_biases, {1}, p.hidden, 1);
  POME_TRY(linear_pack(all.gates_of_x.params, RowsOf(ih, {0, 2}, p.hidden, p.inputs).weights(),
                       gates_bias.weights(), part(all.gates_of_x)));
  POME_TRY(linear_pack(all.gates_of_h.params, RowsOf(hh, {0, 2}, p.hidden, p.hidden).weights(), {},
                       part(all.gates_of_h)));
  POME_TRY(linear_pack(all.output_of_x.params, RowsOf(ih, {1}, p.hidden, p.inputs).weights(),
                       output_bias.weights(), part(all.output_of_x)));
  return linear_pack(all.output_of_h.params, RowsOf(hh, {1}, p.hidden, p.hidden).weights(),
                     view(of_h), part(all.output_of_h));
}

void gru_run(const RecurrentParams& p, const RecurrentBuffers& b, ThreadPool& pool) noexcept {
  const Memory m = memory(p, b.scratch, pool.threads());
  const Products all = products(p);
  load_state(p, 0, b.initial_h, m.h);
  all.gates_of_x.run(b.packed[0], b.x, p.steps * p.batch, nullptr, m.gates_of_x, m.product, pool);
  all.output_of_x.run(b.packed[0], b.x, p.steps * p.batch, nullptr, m.output_of_x, m.product, pool);
  for (int64_t t = 0; t < p.steps; ++t) {
    const Step step = step_of(p, 0, t);
    step_of_batch(p, all, b, m, step.from, pool);
    if (p.sequence) copy_state(p, 0, m.h, b.y + step.row * p.batch * p.hidden);
  }
  if (!p.sequence) copy_state(p, 0, m.h, b.y);
  copy_state(p, 0, m.h, b.last_h);
}

}  // namespace pome::cpu
