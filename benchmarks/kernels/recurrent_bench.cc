// LSTM and GRU layers: a sequence of one element, as a network that listens has it.
#include "benchmarks/kernels/bench.h"
#include "cpu/kernels/recurrent/recurrent.h"
#include "ir/literal.h"

namespace pome::cpu::bench {
namespace {

constexpr int64_t kSteps = 32;

/// A layer with its packed weights and memory.
struct Prepared {
  RecurrentParams params;
  AlignedBuffer packed;
  AlignedBuffer x;
  AlignedBuffer state;
  AlignedBuffer y;
  AlignedBuffer scratch;
};

AlignedBuffer bytes(int64_t n) {
  return std::move(AlignedBuffer::allocate(static_cast<size_t>(n)).value());
}

/// Random weights; halves are rounded.
struct Numbers {
  ir::DType dtype;
  std::vector<std::byte> bytes;

  Numbers(int64_t count, bool halves) : dtype(halves ? ir::DType::kFp16 : ir::DType::kFp32) {
    bytes.resize(static_cast<size_t>(ir::storage_bytes(dtype, count)));
    const AlignedBuffer floats = random_buffer(count);
    for (int64_t i = 0; i < count; ++i)
      ir::store_real(dtype, bytes.data(), i, double{floats.as<float>()[i]});
  }
  Weights weights() const { return {dtype, bytes}; }
};

Prepared prepare(const RecurrentParams& p, int gates, int threads) {
  const bool lstm = gates == 4;
  recurrent_check(p, gates).value();
  const Numbers ih(gates * p.hidden * p.inputs, p.half_weights);
  const Numbers hh(gates * p.hidden * p.hidden, p.half_weights);
  const Weights of_x = ih.weights();
  const Weights of_h = hh.weights();
  Prepared prepared{p,
                    bytes(lstm ? lstm_packed_bytes(p, 0) : gru_packed_bytes(p)),
                    random_buffer(p.steps * p.inputs),
                    random_buffer(4 * p.hidden),
                    random_buffer(p.steps * p.hidden),
                    bytes(lstm ? lstm_scratch_bytes(p, threads) : gru_scratch_bytes(p, threads))};
  if (lstm) {
    lstm_pack(p, 0, of_x, of_h, {}, prepared.packed.bytes()).value();
  } else {
    gru_pack(p, of_x, of_h, {}, {}, prepared.packed.bytes()).value();
  }
  return prepared;
}

void run(Prepared& l, bool lstm, ThreadPool& pool) {
  RecurrentBuffers b;
  const int64_t n = l.params.hidden;
  b.x = l.x.as<float>();
  b.initial_h = l.state.as<float>();
  b.initial_c = l.state.as<float>() + n;
  b.packed[0] = l.packed.data();
  b.y = l.y.as<float>();
  b.last_h = l.state.as<float>() + 2 * n;
  b.last_c = l.state.as<float>() + 3 * n;
  b.scratch = l.scratch.data();
  if (lstm) {
    lstm_run(l.params, b, pool);
  } else {
    gru_run(l.params, b, pool);
  }
}

/// GB/s are of the weights that each step reads, ns_a_step all that it takes.
void add_layer(Isa isa, const std::string& name, int gates, int64_t hidden, bool halves) {
  RecurrentParams p;
  p.isa = isa;
  p.half_weights = halves;
  p.gate.op = UnaryOp::kSigmoid;
  p.cell.op = p.output.op = UnaryOp::kTanh;
  p.sequence = true;
  p.steps = kSteps;
  p.batch = 1;
  p.inputs = p.hidden = hidden;
  add(name + "_" + std::to_string(hidden) + (halves ? "_fp16" : ""),
      [=](benchmark::State& state, int threads) {
        Prepared layer = prepare(p, gates, threads);
        ThreadPool pool(threads);
        const FlushDenormals flush;
        const double step = fastest(state, [&] { run(layer, gates == 4, pool); }) / kSteps;
        const double weights = static_cast<double>(gates * hidden * hidden);
        state.counters["ns_a_step"] = step * 1e9;
        state.counters["GB/s"] = (halves ? 2 : 4) * weights / step * 1e-9;
        state.counters["GFLOP/s"] = 2 * 2 * weights / step * 1e-9;  // inputs' product and state's
      });
}

}  // namespace

void add_recurrent(Isa isa) {
  for (const int64_t hidden : {64, 256, 1024}) {
    for (const bool halves : {false, true}) {
      add_layer(isa, "recurrent/lstm", 4, hidden, halves);
      add_layer(isa, "recurrent/gru", 3, hidden, halves);
    }
  }
}

}  // namespace pome::cpu::bench
