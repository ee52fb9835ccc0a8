#include "ops/sample.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "base/try.h"
#include "ops/builder.h"
#include "ops/sample_parser.h"

namespace pome::ops {
namespace {

uint64_t hash(uint64_t h, std::string_view text) {  // FNV-1a, closed by a zero byte
  for (const char c : text) h = (h ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  return h * 0x100000001b3u;
}

/// splitmix64: element i of the stream of `seed`.
uint64_t random_bits(uint64_t seed, int64_t i) {
  uint64_t z = seed + (static_cast<uint64_t>(i) + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

std::pair<double, double> default_range(ir::DType dtype) {
  if (ir::is_float(dtype)) return {-1, 1};
  const bool is_signed = ir::name(dtype).starts_with("int");
  const int width = ir::bits(dtype);
  if (is_signed) return {width < 5 ? -8 : -10, width < 5 ? 7 : 10};
  return {0, std::min(10, (1 << std::min(width, 8)) - 1)};
}

Result<OwnedTensor> make_tensor(const SampleValue& v, uint64_t seed) {
  POME_ASSIGN(OwnedTensor t, allocate_tensor(ir::Type::tensor(v.dtype, v.shape)));
  const TensorView view = t.view();
  if (v.random) {
    const auto [lo, hi] = default_range(v.dtype);
    fill_random(view, seed, v.lo.value_or(lo), v.hi.value_or(hi));
  } else if (static_cast<int64_t>(v.numbers.size()) == view.elements()) {
    for (size_t i = 0; i < v.numbers.size(); ++i)
      view.set_real(static_cast<int64_t>(i), v.numbers[i]);
  } else {
    return Error(ErrorCode::kInvalidArgument, "sample line: " + std::to_string(v.numbers.size()) +
                                                  " elements are written for the shape " +
                                                  v.shape.to_string());
  }
  return t;
}

Result<ir::LiteralPtr> make_list(const SampleValue& v) {
  std::vector<ir::LiteralPtr> members;
  for (const std::string& s : v.strings) members.push_back(ir::Literal::string(s));
  for (const double d : v.numbers) {
    const auto value = static_cast<int64_t>(d);
    members.push_back(ir::Literal::copy(ir::Type::scalar(ir::DType::kInt64), std::span(&value, 1)));
  }
  const auto element = ir::Type::scalar(v.strings.empty() ? ir::DType::kInt64 : ir::DType::kString);
  const auto n = static_cast<int64_t>(members.size());
  return ir::Literal::aggregate(ir::Type::list(element, n), std::move(members));
}

/// The dtype of a bare float: that of the group's first member which is not bare itself.
ir::DType group_dtype(const OpDef& def, const std::vector<SampleArgument>& arguments,
                      std::string_view param) {
  const int index = def.param(param);
  const char group = index < 0 ? 0 : def.params[static_cast<size_t>(index)].group;
  for (const SampleArgument& a : arguments) {
    const int other = def.param(a.param);
    if (group == 0 || other < 0 || def.params[static_cast<size_t>(other)].group != group) continue;
    if (!a.values.empty() && !a.values[0].bare_float) return a.values[0].dtype;
  }
  return ir::DType::kFp32;
}

/// Puts "fp16:" in front of a bare float, behind "run:".
std::string canonical_text(const SampleArgument& a) {
  if (a.tuple || a.values.empty() || !a.values[0].bare_float) return a.text;
  const std::string prefix = std::string(ir::name(a.values[0].dtype)) + ":";
  const size_t at = a.text.starts_with("run:") ? 4 : 0;
  return a.text.substr(0, at) + prefix + a.text.substr(at);
}

class SampleBuilder {
 public:
  SampleBuilder(const OpDef& def, std::string_view line, SampleOptions options)
      : def_(def), line_(line), options_(options) {
    sample_.program = std::make_unique<ir::Program>();
    function_ = sample_.program->add_function("main", def.since);
  }

  Result<Sample> build() {
    POME_ASSIGN(auto arguments, parse_sample(line_));
    std::vector<std::pair<SampleArgument*, std::vector<ir::Operand>>> operands;
    for (SampleArgument& a : arguments) {
      const bool bare = !a.values.empty() && a.values[0].bare_float;
      if (bare) a.values[0].dtype = group_dtype(def_, arguments, a.param);
      sample_.canonical +=
          (sample_.canonical.empty() ? "" : " ") + a.param + "=" + canonical_text(a);
      std::vector<ir::Operand> bound;
      for (size_t i = 0; i < a.values.size(); ++i) {
        POME_ASSIGN(ir::Operand o, operand(a, i));
        bound.push_back(std::move(o));
      }
      operands.emplace_back(&a, std::move(bound));
    }
    Builder builder(*function_, function_->body);
    std::vector<std::pair<std::string, Arg>> args;
    for (auto& [a, bound] : operands) {
      for (size_t i = 0; i < bound.size(); ++i) {
        if (bound[i].value == nullptr)
          bound[i] = builder.constant(bound[i].literal, value_name(*a, i));
      }
      args.emplace_back(a->param, Arg(std::move(bound)));
    }
    sample_.op =
        def_.is(kBlocks) ? add_with_blocks(builder, args) : builder.add_op(def_.name, "y", args);
    POME_TRY(builder.status());
    for (const auto& output : sample_.op->outputs())
      function_->body.outputs().push_back(output.get());
    return std::move(sample_);
  }

 private:
  static std::string value_name(const SampleArgument& a, size_t i) {
    return a.tuple ? a.param + "_" + std::to_string(i) : a.param;
  }

  /// Two inner blocks: of cond with a constant each, of while_loop a condition that never holds and
  /// a body that changes nothing.
  ir::Op* add_with_blocks(Builder& builder, const std::vector<std::pair<std::string, Arg>>& args) {
    auto op = std::make_unique<ir::Op>(std::string(def_.name), "y");
    for (const auto& [param, arg] : args) op->set_argument(param, arg.operands());
    for (int i = 0; i < 2; ++i) {
      op->blocks().push_back(std::make_unique<ir::Block>());
      ir::Block& block = *op->blocks().back();
      if (def_.name == "while_loop") {
        for (const ir::Operand& operand : op->arguments()[0].operands)
          block.add_input(builder.unique_name("v"), operand.type());
      }
      builder.move_to(block, nullptr);
      if (i == 0 || block.inputs().empty())
        block.outputs().push_back(builder.constant(ir::Literal::boolean(false), "c"));
      for (size_t k = 0; i == 1 && k < block.inputs().size(); ++k)
        block.outputs().push_back(block.inputs()[k].get());
    }
    builder.move_to(function_->body, nullptr);
    return builder.add_made(std::move(op));
  }

  Result<ir::Operand> operand(const SampleArgument& a, size_t i) {
    const SampleValue& v = a.values[i];
    if (v.list) {
      POME_ASSIGN(ir::LiteralPtr list, make_list(v));
      return ir::Operand(std::move(list));
    }
    if (v.dtype == ir::DType::kString)
      return ir::Operand(ir::Literal::strings(ir::Type::tensor(v.dtype, v.shape), v.strings));
    uint64_t seed = hash(hash(0xcbf29ce484222325u, def_.name), line_);
    seed = hash(hash(seed, a.param), std::to_string(i));
    POME_ASSIGN(OwnedTensor tensor, make_tensor(v, seed));
    if (v.constant) return ir::Operand(ir::Literal::own(tensor.type, std::move(tensor.data)));
    ir::Type type = tensor.type;
    if (options_.unknown_extents && v.random)
      type = ir::Type::tensor(v.dtype, Shape::filled(v.shape.rank(), Shape::kUnknown));
    sample_.inputs.push_back(std::move(tensor));
    return ir::Operand(function_->body.add_input(value_name(a, i), type));
  }

  const OpDef& def_;
  std::string line_;
  SampleOptions options_;
  Sample sample_;
  ir::Function* function_;
};

}  // namespace

void fill_random(const TensorView& tensor, uint64_t seed, double lo, double hi) {
  const int64_t n = tensor.elements();
  if (ir::is_float(tensor.dtype)) {
    // Bounds of 24 bits make the product exact, so that fused multiply-add changes nothing.
    lo = static_cast<float>(lo);
    hi = static_cast<float>(hi);
    for (int64_t i = 0; i < n; ++i) {
      const double unit = static_cast<double>(random_bits(seed, i) >> 40) * 0x1p-24;
      tensor.set_real(i, lo + (hi - lo) * unit);
    }
  } else if (tensor.dtype == ir::DType::kBool) {
    for (int64_t i = 0; i < n; ++i)
      tensor.set_integer(i, static_cast<int64_t>(random_bits(seed, i) >> 63));
  } else {
    const auto span = static_cast<uint64_t>(hi - lo) + 1;
    for (int64_t i = 0; i < n; ++i) {
      const auto offset = static_cast<int64_t>((random_bits(seed, i) >> 16) % span);
      tensor.set_integer(i, static_cast<int64_t>(lo) + offset);
    }
  }
}

Result<Sample> make_sample(const OpDef& def, std::string_view line, SampleOptions options) {
  auto sample = SampleBuilder(def, line, options).build();
  if (!sample.ok()) {
    return std::move(sample).error().at(std::string(def.name) + " of " +
                                        std::string(ir::text_tag(def.since)) + " (" +
                                        std::string(line) + ")");
  }
  return sample;
}

Result<Args> bind_sample(const OpDef& def, const Sample& sample) {
  POME_ASSIGN(Args args, resolve(def, *sample.op));
  const auto& inputs = sample.function().body.inputs();
  for (const ir::Argument& a : sample.op->arguments()) {
    auto& slot = args.slots()[static_cast<size_t>(def.param(a.param))];
    for (size_t i = 0; i < a.operands.size(); ++i) {
      for (size_t k = 0; k < inputs.size(); ++k) {
        if (inputs[k].get() != a.operands[i].value) continue;
        slot[i].type = sample.inputs[k].type;
        slot[i].data = sample.inputs[k].view().data;
      }
    }
  }
  return args;
}

Result<std::vector<OwnedTensor>> run_reference(const OpDef& def, const Sample& sample) {
  POME_ASSIGN(const Args args, bind_sample(def, sample));
  return evaluate(args);
}

double epsilon(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::kFp16:
      return 0x1p-10;
    case ir::DType::kFp32:
      return 0x1p-23;
    case ir::DType::kFp64:
      return 0x1p-52;
    default:
      return 0;
  }
}

double tolerance(ir::DType dtype, double want, double scale, int64_t n) {
  if (!ir::is_float(dtype)) return 0;
  const double smallest = dtype == ir::DType::kFp16 ? 0x1p-24 : 0x1p-149;
  const double growth = n <= 1 ? 0 : std::sqrt(static_cast<double>(n));
  return epsilon(dtype) * (std::abs(want) + growth * scale) + smallest / 2;
}

}  // namespace pome::ops
