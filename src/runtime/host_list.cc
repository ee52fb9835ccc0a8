// The interpreter's lists of tensors.
#include <cstring>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "ops/list.h"
#include "runtime/interpreter.h"

namespace pome::runtime {
namespace {

Error outside(int64_t index, int64_t size) {
  return {ErrorCode::kInvalidArgument, "the index is " + std::to_string(index) + ", the list has " +
                                           std::to_string(size) + " elements"};
}

bool fits(const ir::Type& element, const ir::Type& value) {
  if (element.dtype() != value.dtype() || element.shape().rank() != value.shape().rank())
    return false;
  for (int i = 0; i < value.shape().rank(); ++i)
    if (element.shape()[i] >= 0 && element.shape()[i] != value.shape()[i]) return false;
  return true;
}

Status check_element(const ir::Type& element, const ir::Type& value) {
  if (fits(element, value)) return {};
  return Error(ErrorCode::kShapeMismatch, "the value is a " + value.to_string() +
                                              ", the list holds elements of " +
                                              element.to_string());
}

}  // namespace

Status Interpreter::run_list(const HostOp& op) {
  const std::string& kind = op.op->kind();
  if (kind == "make_list") return make_list(op);
  if (kind == "list_read") return list_read(op);
  if (kind == "list_write") return list_write(op);
  if (kind == "list_gather") return list_gather(op);
  if (kind == "list_scatter") return list_scatter(op);
  if (kind == "list_length") {
    POME_ASSIGN(const ListPtr list, list_operand(op, ops::kListLs));
    slots_[static_cast<size_t>(op.outputs[0])].tensor =
        HostTensor::of(ir::Literal::int32(static_cast<int32_t>(list->size())));
    return {};
  }
  return Error(ErrorCode::kUnsupported, quoted(kind) + " cannot be interpreted yet");
}

Result<ListPtr> Interpreter::list_operand(const HostOp& op, int param) {
  const HostOperand* operand = find(op, param);
  if (operand == nullptr) return Error(ErrorCode::kInternal, "the list is not bound");
  POME_ASSIGN(HostValue value, read(operand->source));
  if (value.list == nullptr) return Error(ErrorCode::kInvalidModel, "a list is expected");
  return std::move(value.list);
}

Result<ListPtr> Interpreter::own_list(const HostOp& op) {
  POME_ASSIGN(ListPtr list, list_operand(op, ops::kListLs));
  if (list.use_count() == 1) return list;
  return list->copy();
}

Status Interpreter::make_list(const HostOp& op) {
  const auto number = [&](int param, int64_t fallback) -> Result<int64_t> {
    const HostOperand* operand = find(op, param);
    if (operand == nullptr) return fallback;
    POME_ASSIGN(const TensorPtr tensor, read_tensor(operand->source));
    if (tensor->view().elements() != 1)
      return Error(ErrorCode::kInvalidModel, "a scalar is expected");
    return tensor->view().integer(0);
  };
  POME_ASSIGN(const int64_t length, number(ops::kMakeListInitLength, 1));
  POME_ASSIGN(const int64_t grows, number(ops::kMakeListDynamicLength, 1));
  if (length < 0) {
    return Error(ErrorCode::kInvalidArgument,
                 "the length is " + std::to_string(length) + ", at least 0 is expected");
  }
  // Extents that are computed are known by now.
  const ir::Type& declared = op.op->output()->type().members()[0];
  Shape shape = declared.shape();
  for (const HostOperand& operand : op.operands) {
    if (operand.param != ops::kMakeListElemShape || operand.source.slot < 0) continue;
    POME_ASSIGN(const TensorPtr extent, read_tensor(operand.source));
    if (extent->view().elements() == 1) shape[operand.index] = extent->view().integer(0);
    if (shape[operand.index] < 0) shape[operand.index] = Shape::kUnknown;
  }
  auto list =
      std::make_shared<HostList>(ir::Type::tensor(declared.dtype(), shape), grows != 0, memory_);
  POME_TRY(list->resize(length));
  slots_[static_cast<size_t>(op.outputs[0])].list = std::move(list);
  return {};
}

Result<TensorPtr> Interpreter::element(const HostList& list, int64_t index) {
  if (index < 0 || index >= list.size()) return outside(index, list.size());
  if (const TensorPtr& item = list.items()[static_cast<size_t>(index)]) return item;
  if (list.element().shape().known()) return HostTensor::allocate(list.element(), memory_);
  return Error(ErrorCode::kInvalidArgument,
               "element " + std::to_string(index) + " was not written yet, and elements of " +
                   list.element().to_string() + " have no known shape");
}

Status Interpreter::list_read(const HostOp& op) {
  POME_ASSIGN(const ListPtr list, list_operand(op, ops::kListLs));
  POME_ASSIGN(const TensorPtr index, read_tensor(find(op, ops::kListIndex)->source));
  POME_ASSIGN(slots_[static_cast<size_t>(op.outputs[0])].tensor,
              element(*list, index->view().integer(0)));
  return {};
}

Status Interpreter::list_write(const HostOp& op) {
  POME_ASSIGN(const TensorPtr index, read_tensor(find(op, ops::kListIndex)->source));
  POME_ASSIGN(TensorPtr value, read_tensor(find(op, ops::kListValue)->source));
  POME_ASSIGN(ListPtr list, own_list(op));
  POME_TRY(check_element(list->element(), value->type()));
  POME_TRY(list->set(index->view().integer(0), std::move(value)));
  slots_[static_cast<size_t>(op.outputs[0])].list = std::move(list);
  return {};
}

Status Interpreter::list_gather(const HostOp& op) {
  POME_ASSIGN(const ListPtr list, list_operand(op, ops::kListLs));
  POME_ASSIGN(const TensorPtr indices, read_tensor(find(op, ops::kListIndex)->source));
  const int64_t n = indices->view().elements();
  std::vector<TensorPtr> items;
  for (int64_t i = 0; i < n; ++i) {
    POME_ASSIGN(TensorPtr item, element(*list, indices->view().integer(i)));
    if (i > 0 && !(item->type() == items[0]->type())) {
      return Error(ErrorCode::kShapeMismatch, "the elements are " + items[0]->type().to_string() +
                                                  " and " + item->type().to_string() +
                                                  ": they cannot be stacked");
    }
    items.push_back(std::move(item));
  }
  const ir::Type& element = n > 0 ? items[0]->type() : list->element();
  Shape shape = element.shape();
  shape.insert(0, n);
  POME_ASSIGN(TensorPtr stacked,
              HostTensor::allocate(ir::Type::tensor(element.dtype(), shape), memory_));
  std::byte* to = stacked->view().data;
  for (const TensorPtr& item : items) {
    if (!item->bytes().empty()) std::memcpy(to, item->bytes().data(), item->bytes().size());
    to += item->bytes().size();
  }
  slots_[static_cast<size_t>(op.outputs[0])].tensor = std::move(stacked);
  return {};
}

Status Interpreter::list_scatter(const HostOp& op) {
  POME_ASSIGN(const TensorPtr indices, read_tensor(find(op, ops::kListIndex)->source));
  POME_ASSIGN(const TensorPtr value, read_tensor(find(op, ops::kListValue)->source));
  POME_ASSIGN(ListPtr list, own_list(op));
  Shape shape = value->type().shape();
  const int64_t n = indices->view().elements();
  if (shape.rank() == 0 || shape[0] != n) {
    return Error(ErrorCode::kShapeMismatch, "the values have shape " + shape.to_string() +
                                                ", there are " + std::to_string(n) + " indices");
  }
  shape.erase(0);
  const ir::Type type = ir::Type::tensor(value->type().dtype(), shape);
  POME_TRY(check_element(list->element(), type));
  const std::byte* from = value->bytes().data();
  for (int64_t i = 0; i < n; ++i) {
    POME_ASSIGN(TensorPtr item, HostTensor::allocate(type, memory_));
    const size_t size = item->bytes().size();
    if (size > 0) std::memcpy(item->view().data, from, size);
    from += size;
    POME_TRY(list->set(indices->view().integer(i), std::move(item)));
  }
  slots_[static_cast<size_t>(op.outputs[0])].list = std::move(list);
  return {};
}

}  // namespace pome::runtime
