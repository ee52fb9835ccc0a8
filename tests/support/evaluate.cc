#include "tests/support/evaluate.h"

#include <cmath>
#include <cstring>
#include <sstream>
#include <unordered_map>

#include "base/text.h"
#include "base/try.h"
#include "ops/sample.h"

namespace pome::testing {
namespace {

using Environment = std::unordered_map<const ir::Value*, ops::OwnedTensor>;

Result<std::vector<ops::OwnedTensor>> run(const ir::Op& op, ir::Opset opset,
                                          const Environment& values) {
  const ops::OpDef* def = ops::find(op.kind(), opset);
  if (def == nullptr) return ops::unknown_op(op.kind(), opset);
  POME_ASSIGN(ops::Args args, ops::resolve(*def, op));
  for (const ir::Argument& a : op.arguments()) {
    auto& slot = args.slots()[static_cast<size_t>(def->param(a.param))];
    for (size_t i = 0; i < a.operands.size(); ++i) {
      const auto it = values.find(a.operands[i].value);
      if (it == values.end()) continue;  // a constant
      slot[i] = {it->second.type, nullptr, it->second.view().data};
    }
  }
  return ops::evaluate(args);
}

ops::OwnedTensor copy(const ops::TensorView& t) {
  ops::OwnedTensor result = ops::allocate_tensor(ir::Type::tensor(t.dtype, t.shape)).value();
  const auto bytes = static_cast<size_t>(ir::storage_bytes(t.dtype, t.shape.elements()));
  if (bytes > 0) std::memcpy(result.data.data(), t.data, bytes);
  return result;
}

/// The tensor of a value: computed, or its constant.
Result<ops::OwnedTensor> read(const ir::Value* value, const Environment& values) {
  const auto it = values.find(value);
  if (it != values.end()) return copy(it->second.view());
  const ir::Literal* literal = value->literal().get();
  if (literal == nullptr)
    return Error(ErrorCode::kInternal, quoted(value->name()) + " was not computed");
  return copy({literal->type().dtype(), literal->type().shape(),
               const_cast<std::byte*>(literal->bytes().data())});
}

}  // namespace

Result<Tensors> evaluate(const ir::Function& function, const Tensors& inputs) {
  Environment values;
  for (const auto& input : function.body.inputs()) {
    const auto it = inputs.find(input->name());
    if (it == inputs.end())
      return Error(ErrorCode::kMissingInput, "input " + quoted(input->name()) + " is not given");
    values.emplace(input.get(), copy(it->second.view()));
  }
  Tensors outputs;
  for (const auto& op : function.body.ops()) {
    if (op->kind() == ir::kConstOp) continue;
    if (op->kind() == "classify") {
      POME_ASSIGN(auto probabilities, read(op->input("probabilities"), values));
      outputs.emplace(op->output(1)->name(), std::move(probabilities));
      continue;
    }
    if (!op->blocks().empty())
      return Error(ErrorCode::kUnsupported, "control flow").at(op->place());
    auto results = run(*op, function.opset, values);
    if (!results.ok()) return std::move(results).error().at(op->place());
    for (size_t i = 0; i < results->size(); ++i)
      values.emplace(op->output(i), std::move((*results)[i]));
  }
  for (const ir::Value* output : function.body.outputs()) {
    if (output->producer() != nullptr && output->producer()->kind() == "classify") continue;
    POME_ASSIGN(auto result, read(output, values));
    outputs.emplace(output->name(), std::move(result));
  }
  return outputs;
}

ops::OwnedTensor tensor(const Shape& shape, std::span<const float> values) {
  ops::OwnedTensor t = ops::allocate_tensor(ir::Type::tensor(ir::DType::kFp32, shape)).value();
  std::memcpy(t.data.data(), values.data(), values.size_bytes());
  return t;
}

ops::OwnedTensor random_tensor(const Shape& shape, uint64_t seed, double lo, double hi) {
  ops::OwnedTensor t = ops::allocate_tensor(ir::Type::tensor(ir::DType::kFp32, shape)).value();
  ops::fill_random(t.view(), seed, lo, hi);
  return t;
}

std::string difference(const ops::TensorView& got, const ops::TensorView& want, double abs,
                       double rel) {
  std::ostringstream text;
  if (!(got.shape == want.shape)) {
    text << "shape " << got.shape.to_string() << " instead of " << want.shape.to_string();
    return text.str();
  }
  double worst = 0;
  for (int64_t i = 0; i < got.elements(); ++i) {
    const double a = got.real(i);
    const double b = want.real(i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double excess = std::abs(a - b) / (abs + rel * std::abs(b));
    if (!std::isnan(excess) && (excess <= 1 || excess <= worst)) continue;
    worst = std::isnan(excess) ? HUGE_VAL : excess;
    text.str("");
    text << "element " << i << " is " << a << " instead of " << b << " (" << worst
         << " times the tolerance)";
    if (std::isnan(excess)) break;
  }
  return text.str();
}

}  // namespace pome::testing
