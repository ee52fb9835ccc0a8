#include "plan/plan_file.h"

#include <array>
#include <cstring>
#include <string>
#include <type_traits>

#include "base/byte_io.h"
#include "base/content_hash.h"
#include "base/text.h"
#include "base/try.h"

namespace pome::plan {
namespace {

constexpr std::array<char, 8> kMagic = {'P', 'O', 'M', 'E', 'P', 'L', 'A', 'N'};
constexpr uint32_t kVersion = 1;  // changes whenever what is written below does
constexpr uint64_t kPage = 4096;

/// What the file begins with.
struct Header {
  std::array<char, 8> magic = kMagic;
  uint32_t version = kVersion;
  uint32_t byte_order = 0x01020304;
  uint64_t record_bytes = 0;    // behind the header: everything but the constants
  uint64_t constant_begin = 0;  // a multiple of kPage
  uint64_t constant_bytes = 0;
  ContentHash record_hash;
  ContentHash constant_hash;
};
static_assert(std::is_trivially_copyable_v<Header>);

uint64_t page_above(uint64_t n) { return (n + kPage - 1) / kPage * kPage; }

template <typename Io>
void transfer(Io& io, Shape& shape) {
  std::vector<int64_t> dims(shape.begin(), shape.end());
  io.list(dims, [&](int64_t& d) { io.number(d); });
  if (Io::kReads && Shape::fits_rank(dims.size())) shape = Shape(std::span<const int64_t>(dims));
}

template <typename Io>
void transfer(Io& io, TensorRecord& t) {
  io.number(t.dtype);
  io.number(t.layout);
  io.number(t.constant);
  transfer(io, t.shape);
  io.number(t.offset);
  io.number(t.bytes);
}

template <typename Io>
void transfer(Io& io, Step& s) {
  const auto ints = [&](std::vector<int>& v) { io.list(v, [&](int& i) { io.number(i); }); };
  io.number(s.kind);
  io.number(s.version);
  io.text(s.kernel);
  io.number(s.opset);
  ints(s.inputs);
  ints(s.operand_counts);
  ints(s.outputs);
  io.number(s.params);
  io.list(s.packed, [&](PackedRecord& p) {
    io.number(p.blob);
    io.number(p.offset);
  });
  io.number(s.scratch);
  io.number(s.scratch_bytes);
}

template <typename Io>
void transfer(Io& io, ComputePlanStep& s) {
  const auto texts = [&](std::vector<std::string>& v) {
    io.list(v, [&](std::string& t) { io.text(t); });
  };
  texts(s.ops);
  texts(s.kinds);
  io.text(s.kernel);
  io.text(s.layout);
  io.list(s.output_shape, [&](int64_t& d) { io.number(d); });
  io.number(s.flops);
  io.number(s.bytes);
  io.number(s.cost_weight);
  io.list(s.refusals, [&](KernelRefusal& r) {
    io.text(r.kernel);
    io.text(r.reason);
  });
}

template <typename Io>
void transfer(Io& io, ClassifyRecord& c) {
  io.number(c.present);
  io.number(c.probabilities);
  io.text(c.label_output);
  io.text(c.probabilities_output);
  io.list(c.string_labels, [&](std::string& t) { io.text(t); });
  io.list(c.int64_labels, [&](int64_t& v) { io.number(v); });
}

template <typename Io>
void transfer(Io& io, Plan& plan) {
  const auto bindings = [&](std::vector<Binding>& list) {
    io.list(list, [&](Binding& b) {
      io.text(b.name);
      io.number(b.tensor);
    });
  };
  io.list(plan.tensors, [&](TensorRecord& t) { transfer(io, t); });
  io.list(plan.steps, [&](Step& s) { transfer(io, s); });
  bindings(plan.inputs);
  bindings(plan.outputs);
  transfer(io, plan.classify);
  io.number(plan.arena_bytes);
  io.list(plan.arena, [&](ArenaBlock& b) {
    io.number(b.offset);
    io.number(b.bytes);
    io.number(b.first_step);
    io.number(b.last_step);
  });
  io.list(plan.report, [&](ComputePlanStep& s) { transfer(io, s); });
  io.text(plan.isa);
}

Error corrupt(const std::string& what) { return Error(ErrorCode::kCorrupt, what); }

bool lies_in(uint64_t offset, uint64_t bytes, uint64_t size) {
  return offset <= size && bytes <= size - offset;
}

/// Positions and offsets that are not the plan's own.
Status check(const Plan& plan, uint64_t constant_bytes) {
  const auto is_tensor = [&](int t) {
    return t >= 0 && static_cast<size_t>(t) < plan.tensors.size();
  };
  for (const TensorRecord& t : plan.tensors) {
    const uint64_t size = t.constant ? constant_bytes : plan.arena_bytes;
    if (!lies_in(t.offset, t.bytes, size)) return corrupt("a tensor lies outside of the memory");
    const auto elements = t.shape.checked_elements();
    if (!elements || *elements < 0) return corrupt("a tensor has no size");
  }
  for (const Step& s : plan.steps) {
    for (const std::vector<int>* list : {&s.inputs, &s.outputs})
      for (const int t : *list)
        if (!is_tensor(t)) return corrupt("a step uses a tensor that is not there");
    size_t operands = 0;
    for (const int n : s.operand_counts) {
      if (n < 0) return corrupt("a step has a negative number of operands");
      operands += static_cast<size_t>(n);
    }
    if (s.kind == StepKind::kReference && operands != s.inputs.size())
      return corrupt("a step has other operands than it says");
    if (s.params > constant_bytes || !lies_in(s.scratch, s.scratch_bytes, plan.arena_bytes))
      return corrupt("a step's memory lies outside");
    for (const PackedRecord& p : s.packed)
      if (p.blob >= 0 || p.offset > constant_bytes) return corrupt("packed weights lie outside");
  }
  for (const std::vector<Binding>* list : {&plan.inputs, &plan.outputs})
    for (const Binding& b : *list)
      if (!is_tensor(b.tensor)) return corrupt("a border tensor is not there");
  if (plan.classify.present && !is_tensor(plan.classify.probabilities))
    return corrupt("the tensor of probabilities is not there");
  if (plan.report.size() != plan.steps.size()) return corrupt("steps and their report differ");
  return {};
}

}  // namespace

bool can_be_written(const Plan& plan) { return plan.objects.empty() && plan.blobs.empty(); }

Status write_plan(const Plan& plan, const ByteSink& sink) {
  ByteWriter writer;
  // transfer() is one function for both ways; writing changes nothing.
  transfer(writer, const_cast<Plan&>(plan));
  Header header;
  header.record_bytes = writer.bytes().size();
  header.constant_begin = page_above(sizeof(header) + header.record_bytes);
  header.constant_bytes = plan.constants.size();
  header.record_hash = content_hash(writer.bytes());
  header.constant_hash = content_hash(plan.constants.bytes());
  POME_TRY(sink(std::as_bytes(std::span(&header, 1))));
  POME_TRY(sink(writer.bytes()));
  const std::vector<std::byte> gap(
      static_cast<size_t>(header.constant_begin - sizeof(header) - header.record_bytes));
  POME_TRY(sink(gap));
  POME_TRY(sink(plan.constants.bytes()));
  // So that a vector may be read past the last constant, as in memory.
  return sink(std::vector<std::byte>(AlignedBuffer::kAlignment));
}

Result<Plan> read_plan(std::span<const std::byte> file, std::shared_ptr<const void> owner) {
  Header header;
  if (file.size() < sizeof(header)) return corrupt("the file is shorter than its header");
  std::memcpy(&header, file.data(), sizeof(header));
  if (header.magic != kMagic) return corrupt("the file is no compiled plan");
  if (header.version != kVersion || header.byte_order != Header().byte_order) {
    return Error(ErrorCode::kUnsupported, "the plan has format " + std::to_string(header.version) +
                                              ", this version reads " + std::to_string(kVersion));
  }
  if (!lies_in(sizeof(header), header.record_bytes, file.size()) ||
      header.constant_begin % kPage != 0 ||
      header.constant_begin < sizeof(header) + header.record_bytes ||
      !lies_in(header.constant_begin, header.constant_bytes, file.size()) ||
      file.size() - header.constant_begin - header.constant_bytes < AlignedBuffer::kAlignment)
    return corrupt("the file is cut short");
  const auto record = file.subspan(sizeof(header), static_cast<size_t>(header.record_bytes));
  const auto constants = file.subspan(static_cast<size_t>(header.constant_begin),
                                      static_cast<size_t>(header.constant_bytes));
  if (content_hash(record) != header.record_hash || content_hash(constants) != header.constant_hash)
    return corrupt("the content is not what was written");
  Plan plan;
  ByteReader reader(record);
  transfer(reader, plan);
  if (!reader.ok()) return corrupt("the record ends in the middle");
  POME_TRY(check(plan, header.constant_bytes));
  plan.constants = AlignedBuffer::borrow(constants, std::move(owner));
  return plan;
}

}  // namespace pome::plan
