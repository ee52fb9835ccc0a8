// Before:
//     int32 a = const()[val = int32(-1)];
//     int32 b = const()[val = int32(-1)];
//     tensor<fp32, [2]> c = softmax(axis = a, x = x);
//     tensor<fp32, [2]> y = softmax(axis = b, x = c);
// After:
//     int32 a = const()[val = int32(-1)];
//     tensor<fp32, [2]> c = softmax(axis = a, x = x);
//     tensor<fp32, [2]> y = softmax(axis = a, x = c);
//
// Constants over 64 kB are not compared: reading all weights would cost more than it saves.
#include <string>
#include <unordered_map>

#include "ir/printer.h"
#include "passes/passes.h"
#include "passes/rewriter.h"
#include "passes/walk.h"

namespace pome::passes {
namespace {

constexpr size_t kMaxBytes = 64 * 1024;

/// Two constants of one key are the same, bit for bit.
std::string key(const ir::Literal& c) {
  std::string text = c.type().to_string();
  text += '|';
  if (c.type().dtype() == ir::DType::kString) return text + ir::print(c);
  return text.append(reinterpret_cast<const char*>(c.bytes().data()), c.bytes().size());
}

}  // namespace

Status share_constants(ir::Program& program) {
  return rewrite(program, [](Rewriter& rewriter) -> Status {
    std::unordered_map<std::string, ir::Value*> first;
    // Those of the outermost block: all can see them that come later.
    for (ir::Op* op : rewriter.ops()) {
      if (op->block() != &rewriter.function().body) break;
      if (op->kind() != ir::kConstOp) continue;
      const ir::Literal& c = *op->output()->literal();
      if (!c.type().is_tensor() || c.bytes().size() > kMaxBytes) continue;
      const auto [it, fresh] = first.emplace(key(c), op->output());
      if (fresh || rewriter.is_output(op->output())) continue;
      rewriter.replace(op->output(), it->second);
      rewriter.erase_if_unread(op);
    }
    return {};
  });
}

}  // namespace pome::passes
