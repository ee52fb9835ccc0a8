// LSTM and GRU layers: one product for the inputs of all steps, then a product for each step.
#pragma once

#include <cstdint>
#include <span>
#include <type_traits>

#include "base/thread_pool.h"
#include "cpu/isa.h"
#include "cpu/kernels/eltwise/unary.h"
#include "cpu/kernels/gemm/linear.h"
#include "cpu/weights.h"
#include "pome/result.h"

namespace pome::cpu {

inline constexpr KernelId kLstmKernel{"lstm", 2};
inline constexpr KernelId kGruKernel{"gru", 2};

/// A function of gates or cells, of kernels/eltwise.
struct GateFunction {
  UnaryOp op = UnaryOp::kSigmoid;
  float alpha = 0;
  float beta = 0;
};

/// What both layers have in common; shapes and meaning as in ops/recurrent.cc. Plain data.
struct RecurrentParams {
  Isa isa = Isa::kNone;
  GateFunction gate, cell, output;  // gru: gate and output
  /// Bounds of the arguments of gate and cell functions, and of an LSTM's cell; 0 is none.
  float gate_clip = 0;
  float cell_clip = 0;
  bool has_bias[2] = {};     // of each direction
  bool coupled = false;      // lstm: f = 1 - i
  bool reset_after = false;  // gru
  bool reverse = false;      // the only direction starts from the last step
  bool sequence = false;     // y holds every step
  /// The weights given to packing are fp16, and stay so for the products where that pays
  /// (linear_keeps_halves); results are the same, bit for bit.
  bool half_weights = false;
  int32_t directions = 1;
  int64_t steps = 0;
  int64_t batch = 0;
  int64_t inputs = 0;
  int64_t hidden = 0;
};
static_assert(std::is_trivially_copyable_v<RecurrentParams>);

/// Row-major memory of the caller's. Packed weights come from lstm_pack() or gru_pack(), one block
/// for each direction.
struct RecurrentBuffers {
  const float* x = nullptr;          // [steps][batch][inputs]
  const float* initial_h = nullptr;  // [batch][directions * hidden]
  const float* initial_c = nullptr;  // lstm
  const std::byte* packed[2] = {};
  float* y = nullptr;       // [steps or 1][batch][directions * hidden]
  float* last_h = nullptr;  // [batch][directions * hidden]
  float* last_c = nullptr;  // lstm
  void* scratch = nullptr;
};

/// Ok, or why these parameters have no kernel here. Call it before anything else.
Status recurrent_check(const RecurrentParams& params, int gates);

/// Bytes of the packed weights of direction `direction` and of the scratch memory on a pool of
/// `threads` threads, and packing: ih [4H,I], hh [4H,H] and bias [4H] (or empty) in the order i, f,
/// o, z. `packed` is aligned to 64.
int64_t lstm_packed_bytes(const RecurrentParams& params, int direction);
int64_t lstm_scratch_bytes(const RecurrentParams& params, int threads);
Status lstm_pack(const RecurrentParams& params, int direction, const Weights& ih, const Weights& hh,
                 const Weights& bias, std::span<std::byte> packed);
/// Sums are fp32.
void lstm_run(const RecurrentParams& params, const RecurrentBuffers& buffers,
              ThreadPool& pool) noexcept;

/// The same for a GRU: [3H,..] in the order r, o, z. `input_bias` belongs to the product with x;
/// unless reset_after, both biases are added to it. Each may be empty.
int64_t gru_packed_bytes(const RecurrentParams& params);
int64_t gru_scratch_bytes(const RecurrentParams& params, int threads);
Status gru_pack(const RecurrentParams& params, const Weights& ih, const Weights& hh,
                const Weights& bias, const Weights& input_bias, std::span<std::byte> packed);
void gru_run(const RecurrentParams& params, const RecurrentBuffers& buffers,
             ThreadPool& pool) noexcept;

}  // namespace pome::cpu
