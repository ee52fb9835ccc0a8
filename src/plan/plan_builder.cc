#include "plan/plan_builder.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/checked.h"
#include "base/text.h"
#include "base/try.h"
#include "plan/arena.h"

namespace pome::plan {
namespace {

constexpr uint64_t kConstantAlignment = 64;
// Packed weights that are streamed through begin at pages: kernels lay out panels by that.
constexpr uint64_t kLargeBytes = 1 << 16;
constexpr uint64_t kLargeAlignment = 4096;
constexpr uint64_t kLeastShared = 4096;  // below, a block of its own costs more than it saves

/// Bytes of a tensor in a layout; a blocked one is padded to whole blocks of channels.
std::optional<int64_t> layout_bytes(const ir::Type& type, ops::Layout layout, int block) {
  Shape shape = type.shape();
  if (layout == ops::Layout::kBlocked) shape[1] = (shape[1] + block - 1) / block * block;
  const auto elements = shape.checked_elements();
  if (!elements) return std::nullopt;
  const auto bits = checked_mul(*elements, ir::bits(type.dtype()));
  return bits ? std::optional<int64_t>((*bits + 7) / 8) : std::nullopt;
}

std::string layout_text(ops::Layout layout, const ops::Backend* backend) {
  if (layout == ops::Layout::kPlain) return "row-major";
  return "NCHW" + std::to_string(backend->channel_block) + "c";
}

}  // namespace

Result<int> PlanBuilder::add_tensor(const ir::Type& type, ops::Layout layout) {
  const auto bytes = layout_bytes(type, layout, backend_ ? backend_->channel_block : 1);
  if (!bytes) {
    return Error(ErrorCode::kLimitExceeded,
                 "a tensor of type " + type.to_string() + " has too many elements");
  }
  plan_.tensors.push_back(
      {type.dtype(), layout, false, type.shape(), 0, static_cast<uint64_t>(*bytes)});
  storages_.push_back({static_cast<uint64_t>(*bytes), current_step(), current_step()});
  places_.push_back({static_cast<int>(storages_.size()) - 1, 0});
  return static_cast<int>(plan_.tensors.size()) - 1;
}

Result<uint64_t> PlanBuilder::reserve(uint64_t bytes, std::function<void(std::byte*)> write) {
  const uint64_t alignment = bytes >= kLargeBytes ? kLargeAlignment : kConstantAlignment;
  const uint64_t offset = (constant_bytes_ + alignment - 1) / alignment * alignment;
  if (bytes > memory_limit_ || offset + bytes + blob_bytes_ > memory_limit_) {
    return Error(ErrorCode::kLimitExceeded,
                 "the weights need more than " + format_bytes(offset + bytes + blob_bytes_) +
                     ", the memory limit is " + format_bytes(memory_limit_) +
                     "; raise ModelConfiguration::memory_limit");
  }
  constant_bytes_ = offset + bytes;
  if (bytes > 0) fills_.push_back({offset, std::move(write)});
  return offset;
}

Result<PackedRecord> PlanBuilder::add_packed(const ops::PackedConstant& packed) {
  const bool shared = blobs_ != nullptr && packed.bytes >= kLeastShared;
  // What is shared counts against the limit all the same.
  POME_ASSIGN(const uint64_t offset, reserve(shared ? 0 : packed.bytes, packed.fill));
  if (!shared) return PackedRecord{-1, offset};
  if (packed.bytes > memory_limit_ - std::min(memory_limit_, constant_bytes_ + blob_bytes_)) {
    return Error(ErrorCode::kLimitExceeded, "the weights need more than the memory limit of " +
                                                format_bytes(memory_limit_) +
                                                "; raise ModelConfiguration::memory_limit");
  }
  blob_bytes_ += packed.bytes;
  shared_.push_back(packed);
  return PackedRecord{static_cast<int>(shared_.size()) - 1, 0};
}

Result<int> PlanBuilder::add_constant(const ir::Literal& literal) {
  if (auto it = constants_.find(&literal); it != constants_.end()) return it->second;
  const ir::Type& type = literal.type();
  if (!type.is_tensor() || (type.dtype() == ir::DType::kString && literal.size() != 1)) {
    return Error(ErrorCode::kUnsupported,
                 "a constant of type " + type.to_string() + " cannot be planned");
  }
  std::span<const std::byte> bytes = literal.bytes();
  if (type.dtype() == ir::DType::kString) bytes = std::as_bytes(std::span(literal.text()));
  POME_ASSIGN(const uint64_t offset, reserve(bytes.size(), [bytes](std::byte* to) {
                std::memcpy(to, bytes.data(), bytes.size());
              }));
  plan_.tensors.push_back(
      {type.dtype(), ops::Layout::kPlain, true, type.shape(), offset, bytes.size()});
  places_.push_back({});
  const int tensor = static_cast<int>(plan_.tensors.size()) - 1;
  if (literal.object() != nullptr)
    plan_.objects.emplace(tensor, std::make_shared<const ir::Literal>(literal));
  return constants_[&literal] = tensor;
}

int PlanBuilder::add_input(const ir::Value* value) {
  Result<int> added = add_tensor(value->type(), ops::Layout::kPlain);
  if (!added.ok()) return -1;
  storages_.back().first = -1;
  tensors_[{value, ops::Layout::kPlain}] = *added;
  made_[value] = ops::Layout::kPlain;
  return *added;
}

ops::Layout PlanBuilder::layout(const ir::Value* value) const {
  auto it = made_.find(value);
  return it == made_.end() ? ops::Layout::kPlain : it->second;
}

void PlanBuilder::read_at_current_step(int tensor) {
  const int storage = places_[static_cast<size_t>(tensor)].storage;
  if (storage >= 0) storages_[static_cast<size_t>(storage)].last = current_step();
}

void PlanBuilder::keep(int tensor) {
  const int storage = places_[static_cast<size_t>(tensor)].storage;
  if (storage >= 0) storages_[static_cast<size_t>(storage)].last = current_step() + 1;
}

Result<int> PlanBuilder::tensor(const ir::Value* value, ops::Layout layout) {
  if (auto it = tensors_.find({value, layout}); it != tensors_.end()) return it->second;
  if (value->literal() != nullptr && layout == ops::Layout::kPlain)
    return add_constant(*value->literal());
  auto made = made_.find(value);
  if (made == made_.end()) {
    return Error(ErrorCode::kInternal,
                 "value " + quoted(value->name()) + " is read before it is made");
  }
  return reorder(value, tensors_.at({value, made->second}), layout);
}

Result<int> PlanBuilder::plain(const ir::Value* value) {
  return tensor(value, ops::Layout::kPlain);
}

Result<int> PlanBuilder::reorder(const ir::Value* value, int from, ops::Layout to) {
  const Shape& s = value->shape();
  if (backend_ == nullptr || s.rank() != 4 || value->dtype() != ir::DType::kFp32) {
    return Error(ErrorCode::kInternal, "value " + quoted(value->name()) + " of type " +
                                           value->type().to_string() + " cannot be reordered");
  }
  read_at_current_step(from);
  POME_ASSIGN(const int made, add_tensor(value->type(), to));
  const ops::ReorderParams params{
      s[0], s[1], s[2], s[3], backend_->target, to == ops::Layout::kBlocked ? 1 : 0};
  Step step;
  step.kind = StepKind::kReorder;
  step.kernel = "reorder";
  step.inputs = {from};
  step.outputs = {made};
  POME_ASSIGN(step.params, reserve(sizeof(params), [params](std::byte* p) {
                std::memcpy(p, &params, sizeof(params));
              }));
  ComputePlanStep report;
  report.kernel = "reorder";
  report.ops = {value->name()};
  report.kinds = {"reorder"};
  report.layout = layout_text(to, backend_);
  report.output_shape.assign(s.begin(), s.end());
  report.bytes = traffic(step, {});
  push(std::move(step), std::move(report), false);
  tensors_[{value, to}] = made;
  return made;
}

// What a step reads and writes: an input that lies inside the output is neither, nor is an output
// inside the input.
uint64_t PlanBuilder::traffic(const Step& step, const ops::Candidate& candidate) const {
  const auto bytes = [&](int t) { return plan_.tensors[static_cast<size_t>(t)].bytes; };
  const auto lies_in = [&](int part, int whole, const std::vector<int64_t>& places, size_t i) {
    if (i >= places.size() || places[i] < 0) return false;
    const Place& p = places_[static_cast<size_t>(part)];
    const Place& w = places_[static_cast<size_t>(whole)];
    return p.storage >= 0 && p.storage == w.storage &&
           p.offset == w.offset + static_cast<uint64_t>(places[i]);
  };
  const int input = step.inputs.empty() ? -1 : step.inputs[0];
  uint64_t moved = 0;
  uint64_t in_place = 0;  // of the one output, or the one input, that the others lie in
  for (size_t i = 0; i < step.inputs.size(); ++i) {
    const int t = step.inputs[i];
    (lies_in(t, step.outputs[0], candidate.input_places, i) ? in_place : moved) += bytes(t);
  }
  for (size_t i = 0; i < step.outputs.size(); ++i) {
    const int t = step.outputs[i];
    (lies_in(t, input, candidate.output_places, i) ? in_place : moved) += bytes(t);
  }
  return moved - std::min(moved, in_place);
}

void PlanBuilder::push(Step step, ComputePlanStep report, bool in_place) {
  plan_.steps.push_back(std::move(step));
  plan_.report.push_back(std::move(report));
  in_place_.push_back(in_place);
}

Status PlanBuilder::add_kernel(const ops::KernelRow& row, const ops::Candidate& candidate,
                               std::vector<KernelRefusal> refusals) {
  Step step;
  step.kernel = std::string(row.name);
  step.version = row.version;
  // Reorders come first: they are steps of their own.
  for (const ops::Port& port : candidate.inputs) {
    POME_ASSIGN(const int t, tensor(port.value, port.layout));
    step.inputs.push_back(t);
  }
  for (int t : step.inputs) read_at_current_step(t);
  for (const ops::Port& port : candidate.outputs) {
    POME_ASSIGN(const int t, add_tensor(port.value->type(), port.layout));
    step.outputs.push_back(t);
    tensors_[{port.value, port.layout}] = t;
    made_[port.value] = port.layout;
  }
  POME_ASSIGN(step.params,
              reserve(candidate.params.size(), [bytes = candidate.params](std::byte* to) {
                std::memcpy(to, bytes.data(), bytes.size());
              }));
  for (const ops::PackedConstant& packed : candidate.packed) {
    POME_ASSIGN(const PackedRecord record, add_packed(packed));
    step.packed.push_back(record);
  }
  if (candidate.scratch_bytes > 0) {
    step.scratch_bytes = candidate.scratch_bytes;
    storages_.push_back({candidate.scratch_bytes, current_step(), current_step()});
    step.scratch = storages_.size() - 1;  // the storage's number until finish() places it
  }
  embed(step, candidate.input_places);
  for (size_t i = 0; i < candidate.output_places.size(); ++i)
    put_inside(step.inputs[0], step.outputs[i], candidate.output_places[i]);
  ComputePlanStep report;
  report.bytes = traffic(step, candidate);
  for (const ops::PackedConstant& packed : candidate.packed) report.bytes += packed.bytes;
  for (const ir::Op* op : candidate.covered) {
    report.ops.push_back(op->outputs().empty() ? op->name() : op->output()->name());
    report.kinds.push_back(op->kind());
  }
  report.kernel = step.kernel;
  report.flops = candidate.flops;
  report.layout = layout_text(candidate.outputs[0].layout, backend_);
  const Shape& s = candidate.outputs[0].value->shape();
  report.output_shape.assign(s.begin(), s.end());
  report.refusals = std::move(refusals);
  push(std::move(step), std::move(report), candidate.in_place);
  return {};
}

Status PlanBuilder::add_reference(const ops::OpDef& def, const ir::Op& op, const ops::Args& args,
                                  std::vector<KernelRefusal> refusals) {
  Step step;
  step.kind = StepKind::kReference;
  step.kernel = std::string(def.name);
  step.opset = def.since;
  for (size_t p = 0; p < def.params.size(); ++p) {
    const ir::Argument* bound = op.argument(def.params[p].name);
    step.operand_counts.push_back(args.count(static_cast<int>(p)));
    for (int i = 0; i < step.operand_counts.back(); ++i) {
      const ir::Value* value =
          bound != nullptr ? bound->operands[static_cast<size_t>(i)].value : nullptr;
      const ir::Literal* literal = args.literal(static_cast<int>(p), i);
      Result<int> t = literal != nullptr ? add_constant(*literal) : plain(value);
      if (!t.ok()) return std::move(t).error().at(op.place());
      step.inputs.push_back(*t);
    }
  }
  for (int t : step.inputs) read_at_current_step(t);
  for (const auto& output : op.outputs()) {
    POME_ASSIGN(const int t, add_tensor(output->type(), ops::Layout::kPlain));
    step.outputs.push_back(t);
    tensors_[{output.get(), ops::Layout::kPlain}] = t;
    made_[output.get()] = ops::Layout::kPlain;
  }
  ComputePlanStep report;
  report.ops = {op.output()->name()};
  report.kinds = {op.kind()};
  report.kernel = "reference";
  report.layout = "row-major";
  const Shape& s = op.output()->shape();
  report.output_shape.assign(s.begin(), s.end());
  report.refusals = std::move(refusals);
  report.bytes = traffic(step, {});
  push(std::move(step), std::move(report), false);
  return {};
}

Status PlanBuilder::add_view(const ir::Value* input, const ir::Value* output) {
  POME_ASSIGN(const int from, plain(input));
  const TensorRecord source = plan_.tensors[static_cast<size_t>(from)];
  TensorRecord view = source;
  view.shape = output->shape();
  plan_.tensors.push_back(view);
  places_.push_back(Place(places_[static_cast<size_t>(from)]));
  tensors_[{output, ops::Layout::kPlain}] = static_cast<int>(plan_.tensors.size()) - 1;
  made_[output] = ops::Layout::kPlain;
  return {};
}

/// True when a tensor is all that its storage is for.
bool PlanBuilder::whole(int tensor) const {
  const Place& place = places_[static_cast<size_t>(tensor)];
  return place.storage >= 0 && place.offset == 0 &&
         storages_[static_cast<size_t>(place.storage)].bytes ==
             plan_.tensors[static_cast<size_t>(tensor)].bytes;
}

// True when all that the storage of `input` holds has its place in the output as it lies: `input`
// alone, or slices side by side again.
bool PlanBuilder::fits_whole(const Step& step, const std::vector<int64_t>& places,
                             size_t input) const {
  const Place first = places_[static_cast<size_t>(step.inputs[input])];
  if (first.storage < 0 || first.offset != 0 || places[input] < 0) return false;
  uint64_t bytes = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    const Place place = places_[static_cast<size_t>(step.inputs[i])];
    if (place.storage == first.storage &&
        places[i] == places[input] + static_cast<int64_t>(place.offset))
      bytes += plan_.tensors[static_cast<size_t>(step.inputs[i])].bytes;
  }
  return bytes == storages_[static_cast<size_t>(first.storage)].bytes;
}

// Inputs that lie where the output wants them need no copy. The storage of such an input becomes a
// part of the output's, with all that lies in it, and lives as long as both.
void PlanBuilder::embed(const Step& step, const std::vector<int64_t>& places) {
  const int target = places_[static_cast<size_t>(step.outputs[0])].storage;
  for (size_t i = 0; i < places.size(); ++i) {
    const int source = places_[static_cast<size_t>(step.inputs[i])].storage;
    const auto offset = static_cast<uint64_t>(places[i]);
    if (source == target || !fits_whole(step, places, i) || offset % kConstantAlignment != 0)
      continue;
    Storage& from = storages_[static_cast<size_t>(source)];
    Storage& to = storages_[static_cast<size_t>(target)];
    if (from.first < 0 || offset + from.bytes > to.bytes) continue;
    to.first = std::min(to.first, from.first);
    to.last = std::max(to.last, from.last);
    from.bytes = 0;
    for (Place& place : places_)
      if (place.storage == source) place = {target, place.offset + offset};
  }
}

// Makes `output` the memory `place` bytes into `input`, where it can lie there: their storage lives
// as long as either is read. Nobody writes to a part of it: steps that work in place take whole
// storages that nobody reads any more.
void PlanBuilder::put_inside(int input, int output, int64_t place) {
  const Place from = places_[static_cast<size_t>(input)];
  const auto offset = static_cast<uint64_t>(place);
  const uint64_t bytes = plan_.tensors[static_cast<size_t>(output)].bytes;
  if (place < 0 || from.storage < 0 || (from.offset + offset) % kConstantAlignment != 0 ||
      offset + bytes > plan_.tensors[static_cast<size_t>(input)].bytes)
    return;
  Place& to = places_[static_cast<size_t>(output)];
  storages_[static_cast<size_t>(to.storage)].bytes = 0;
  to = {from.storage, from.offset + offset};
}

// An output takes its input's memory when that is read here for the last time: fewer cache lines
// touched.
void PlanBuilder::merge_in_place() {
  for (size_t i = 0; i < plan_.steps.size(); ++i) {
    if (!in_place_[i]) continue;
    const Step& step = plan_.steps[i];
    const int from = places_[static_cast<size_t>(step.inputs[0])].storage;
    const int to = places_[static_cast<size_t>(step.outputs[0])].storage;
    if (from == to || !whole(step.inputs[0]) || !whole(step.outputs[0])) continue;
    Storage& source = storages_[static_cast<size_t>(from)];
    Storage& target = storages_[static_cast<size_t>(to)];
    const bool other_input_shares =
        std::any_of(step.inputs.begin() + 1, step.inputs.end(),
                    [&](int t) { return places_[static_cast<size_t>(t)].storage == from; });
    if (source.last != static_cast<int>(i) || source.first < 0 || source.bytes != target.bytes ||
        other_input_shares) {
      continue;
    }
    source.first = std::min(source.first, target.first);
    source.last = target.last;
    target.bytes = 0;
    for (Place& place : places_)
      if (place.storage == to) place.storage = from;
  }
}

// A step takes as long as the slower of its arithmetic and its traffic. The two figures say how
// much dearer than a kernel the reference is, and how many operations a machine does while it moves
// a byte: rough, but the same everywhere, so that a plan says the same on every machine.
void weigh_steps(std::vector<ComputePlanStep>& steps) {
  constexpr double kReference = 20;
  constexpr double kFlopsAByte = 8;
  double total = 0;
  for (ComputePlanStep& step : steps) {
    const auto bytes = static_cast<double>(step.bytes);
    step.cost_weight = std::max({step.flops / kFlopsAByte, bytes, 1.0});
    if (step.kernel == "reference") step.cost_weight *= kReference;
    total += step.cost_weight;
  }
  for (ComputePlanStep& step : steps) step.cost_weight /= total;
}

Status PlanBuilder::place() {
  merge_in_place();
  std::vector<Lifetime> blocks;
  for (const Storage& s : storages_) blocks.push_back({s.bytes, s.first, s.last, 0});
  POME_ASSIGN(plan_.arena_bytes, plan::place(blocks, memory_limit_));
  for (size_t t = 0; t < plan_.tensors.size(); ++t) {
    if (places_[t].storage < 0) continue;
    plan_.tensors[t].offset =
        blocks[static_cast<size_t>(places_[t].storage)].offset + places_[t].offset;
  }
  for (Step& step : plan_.steps) {
    if (step.scratch_bytes > 0) step.scratch = blocks[static_cast<size_t>(step.scratch)].offset;
  }
  for (const Lifetime& b : blocks)
    if (b.bytes > 0) plan_.arena.push_back({b.offset, b.bytes, b.first, b.last});
  weigh_steps(plan_.report);
  return {};
}

Result<Plan> PlanBuilder::pack() {
  POME_ASSIGN(plan_.constants, AlignedBuffer::allocate(constant_bytes_));
  for (const Fill& fill : fills_) fill.write(plan_.constants.data() + fill.offset);
  for (const ops::PackedConstant& packed : shared_) {
    POME_ASSIGN(AlignedBuffer bytes, AlignedBuffer::allocate(packed.bytes));
    packed.fill(bytes.data());
    plan_.blobs.push_back(blobs_->intern(std::move(bytes)));
  }
  if (backend_ != nullptr) plan_.isa = std::string(backend_->isa);
  return std::move(plan_);
}

}  // namespace pome::plan
