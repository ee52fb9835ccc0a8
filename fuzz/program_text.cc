#include "fuzz/program_text.h"

namespace pome::fuzz {
namespace {

constexpr int kMostStatements = 30;
constexpr int kMostDepth = 3;

}  // namespace

const char* ProgramText::type(Kind kind) {
  switch (kind) {
    case kFixed:
      return "tensor<fp32, [4]>";
    case kFloats:
      return "tensor<fp32, [?]>";
    case kInts:
      return "tensor<int32, [?]>";
    case kInt:
      return "int32";
    case kBool:
      return "bool";
    default:
      return "list<tensor<fp32, [4]>, ?>";
  }
}

std::string ProgramText::pick(Kind kind) {
  return scope_[kind][choices_.ConsumeIntegralInRange<size_t>(0, scope_[kind].size() - 1)];
}

std::string ProgramText::number() {
  if (choices_.ConsumeIntegralInRange(0, 15) == 0)
    return std::to_string(choices_.ConsumeIntegral<int32_t>());
  return std::to_string(choices_.ConsumeIntegralInRange(-2, 6));
}

void ProgramText::declare(Kind kind, const std::string& expression) {
  const std::string name = "v" + std::to_string(names_++);
  text_ += std::string(type(kind)) + " " + name + " = " + expression + ";\n";
  scope_[kind].push_back(name);
}

void ProgramText::fixed() {
  switch (choices_.ConsumeIntegralInRange(0, 3)) {
    case 0:
      return declare(kFixed, "relu(x = " + pick(kFixed) + ")");
    case 1:
      return declare(kFixed, "mul(x = " + pick(kFixed) + ", y = fp32(-0.5))");
    case 2:
      return declare(kFixed, "add(x = " + pick(kFixed) + ", y = " + pick(kFixed) + ")");
    default:
      return declare(kFixed, "list_read(index = " + pick(kInt) + ", ls = " + pick(kList) + ")");
  }
}

void ProgramText::floats() {
  switch (choices_.ConsumeIntegralInRange(0, 7)) {
    case 0:
      return declare(kFloats, "add(x = " + pick(kFloats) + ", y = fp32(1))");
    case 1:
      return declare(kFloats, "mul(x = " + pick(kFloats) + ", y = " + pick(kFloats) + ")");
    case 2:
      return declare(kFloats, "concat(axis = int32(0), values = (" + pick(kFloats) + ", " +
                                  pick(kFixed) + "))");
    case 3:
      return declare(kFloats, "gather(axis = int32(0), indices = " + pick(kInts) +
                                  ", x = " + pick(kFloats) + ")");
    case 4:
      return declare(kFloats, "slice_by_index(begin = " + pick(kInts) + ", end = " + pick(kInts) +
                                  ", x = " + pick(kFloats) + ")");
    case 5:
      return declare(kFloats, "slice_by_size(begin = " + pick(kInts) + ", size = " + pick(kInts) +
                                  ", x = " + pick(kFloats) + ")");
    case 6:
      return declare(kFloats, "tile(reps = " + pick(kInts) + ", x = " + pick(kFloats) + ")");
    default: {
      const std::string rows = "r" + std::to_string(names_++);
      text_ += "tensor<fp32, [?, 4]> " + rows + " = list_gather(indices = " + pick(kInts) +
               ", ls = " + pick(kList) + ");\n";
      return declare(kFloats, "reshape(shape = tensor<int32, [1]>([-1]), x = " + rows + ")");
    }
  }
}

void ProgramText::ints() {
  switch (choices_.ConsumeIntegralInRange(0, 4)) {
    case 0:
      return declare(kInts, "shape(x = " + pick(kFloats) + ")");
    case 1:
      return declare(kInts, "expand_dims(axes = tensor<int32, [1]>([0]), x = " + pick(kInt) + ")");
    case 2:
      return declare(kInts, "sub(x = " + pick(kInts) + ", y = int32(" + number() + "))");
    case 3:
      return declare(kInts, "range_1d(end = " + pick(kInt) + ", start = int32(" + number() +
                                "), step = " + pick(kInt) + ")");
    default:
      return declare(
          kInts, "concat(axis = int32(0), values = (" + pick(kInts) + ", " + pick(kInts) + "))");
  }
}

void ProgramText::integer() {
  switch (choices_.ConsumeIntegralInRange(0, 4)) {
    case 0:
      return declare(kInt, "const()[val = int32(" + number() + ")]");
    case 1:
      return declare(kInt, "add(x = " + pick(kInt) + ", y = int32(" + number() + "))");
    case 2:
      return declare(kInt, "mul(x = " + pick(kInt) + ", y = " + pick(kInt) + ")");
    case 3:
      return declare(kInt, "floor_div(x = " + pick(kInt) + ", y = " + pick(kInt) + ")");
    default:
      return declare(kInt, "list_length(ls = " + pick(kList) + ")");
  }
}

void ProgramText::list() {
  switch (choices_.ConsumeIntegralInRange(0, 2)) {
    case 0:
      return declare(kList,
                     std::string("make_list(dtype = string(\"fp32\"), dynamic_length = bool(") +
                         (choices_.ConsumeBool() ? "true" : "false") +
                         "), elem_shape = (int32(4)), init_length = int32(" + number() + "))");
    case 1:
      return declare(kList, "list_write(index = " + pick(kInt) + ", ls = " + pick(kList) +
                                ", value = " + pick(kFixed) + ")");
    default: {
      const std::string rows = "r" + std::to_string(names_++);
      text_ += "tensor<fp32, [?, 4]> " + rows +
               " = reshape(shape = tensor<int32, [2]>([-1, 4]), x = " + pick(kFloats) + ");\n";
      return declare(kList, "list_scatter(indices = " + pick(kInts) + ", ls = " + pick(kList) +
                                ", value = " + rows + ")");
    }
  }
}

void ProgramText::block(int depth, const std::vector<Kind>& results) {
  const Scope outside = scope_;
  text_ += " {\n";
  const int count = choices_.ConsumeIntegralInRange(0, 5);
  for (int i = 0; i < count; ++i) statement(depth + 1);
  text_ += "} -> (";
  for (size_t i = 0; i < results.size(); ++i) text_ += (i ? ", " : "") + pick(results[i]);
  text_ += ")";
  scope_ = outside;
}

void ProgramText::cond(int depth) {
  const Kind kind = choices_.ConsumeBool() ? kFloats : kList;
  const std::string name = "v" + std::to_string(names_++);
  text_ += std::string(type(kind)) + " " + name + " = cond(pred = " + pick(kBool) + ")\n()";
  block(depth, {kind});
  text_ += ",\n()";
  block(depth, {kind});
  text_ += ";\n";
  scope_[kind].push_back(name);
}

void ProgramText::loop(int depth) {
  // A counter, which the body may leave alone: then the budget ends it.
  const Kind kind = choices_.ConsumeBool() ? kFloats : kList;
  const std::string id = std::to_string(names_++);
  const std::string carried = type(kind);
  text_ += "int32 i" + id + ", " + carried + " v" + id + " = while_loop(loop_vars = (" +
           pick(kInt) + ", " + pick(kind) + "))\n";
  text_ += "(int32 a" + id + ", " + carried + " b" + id + ") {\nbool c" + id + " = less(x = a" +
           id + ", y = int32(" + number() + "));\n} -> (c" + id + "),\n";
  text_ += "(int32 d" + id + ", " + carried + " e" + id + ")";
  const Scope outside = scope_;
  scope_[kInt].push_back("d" + id);
  scope_[kind].push_back("e" + id);
  block(depth, {kInt, kind});
  scope_ = outside;
  text_ += ";\n";
  scope_[kInt].push_back("i" + id);
  scope_[kind].push_back("v" + id);
}

void ProgramText::statement(int depth) {
  if (++statements_ > kMostStatements) return;
  switch (choices_.ConsumeIntegralInRange(0, depth < kMostDepth ? 7 : 5)) {
    case 0:
      return fixed();
    case 1:
      return floats();
    case 2:
      return ints();
    case 3:
      return integer();
    case 4:
      return list();
    case 5:
      return declare(kBool, "less(x = " + pick(kInt) + ", y = " + pick(kInt) + ")");
    case 6:
      return cond(depth);
    default:
      return loop(depth);
  }
}

std::string ProgramText::text() {
  text_ = "program(1.3)\n{\nfunc main<ios16>(tensor<fp32, [4]> x) {\n";
  scope_[kFixed].emplace_back("x");
  declare(kFloats,
          "slice_by_size(begin = tensor<int32, [1]>([0]), size = tensor<int32, [1]>([-1]), x = x)");
  declare(kInt, "const()[val = int32(" + number() + ")]");
  declare(kInt, "const()[val = int32(" + number() + ")]");
  declare(kInts, "expand_dims(axes = tensor<int32, [1]>([0]), x = " + pick(kInt) + ")");
  declare(kBool, "less(x = " + pick(kInt) + ", y = " + pick(kInt) + ")");
  declare(kList,
          "make_list(dtype = string(\"fp32\"), dynamic_length = bool(true), elem_shape = "
          "(int32(4)), init_length = int32(0))");
  while (choices_.remaining_bytes() > 0 && statements_ < kMostStatements) statement(0);
  text_ += "} -> (" + scope_[kFloats].back() + ");\n}\n";
  return text_;
}

}  // namespace pome::fuzz
