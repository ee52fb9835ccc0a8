// A depthwise conv with the 1x1 convs around it as one step; what lies between stays in the cache.
//
//     conv 1x1 -> activation -> [pad] conv depthwise -> activation -> conv 1x1 -> [add]
//
// or without the last (where squeeze-and-excite follows), or without the first. The first may be a
// network's own first: any conv of a picture.
#include "cpu/kernels/conv/conv_block.h"

#include <optional>

#include "base/try.h"
#include "cpu/table/conv_match.h"

namespace pome::cpu {
namespace {

/// What a row begins with.
enum class First { kExpand, kPicture, kDepthwise };

/// Which of the three convolutions a row covers.
struct Parts {
  std::optional<ConvMatch> expand;
  std::optional<ConvMatch> depthwise;
  std::optional<ConvMatch> project;

  ConvMatch& first() { return expand ? *expand : *depthwise; }
  ConvMatch& last() { return project ? *project : *depthwise; }
};

/// The parts' params as the kernel's, and back as it chose them.
Status choose(const ops::MatchContext& context, Parts& parts, ConvBlockParams& params) {
  params.has_expand = parts.expand.has_value();
  params.has_project = parts.project.has_value();
  // What is not made yet has no layout; between the parts it is blocked.
  if (parts.expand) {
    parts.depthwise->params.planar_input = false;
    params.expand = parts.expand->params;
  }
  params.depthwise = parts.depthwise->params;
  if (parts.project) {
    parts.project->params.planar_input = false;
    params.project = parts.project->params;
  }
  POME_TRY(conv_block_choose(params));
  if (!conv_block_pays(params, context.threads())) {
    return Error(ErrorCode::kUnsupported,
                 "what lies between is small enough for the cache as it is");
  }
  if (parts.expand) parts.expand->params = params.expand;
  parts.depthwise->params = params.depthwise;
  if (parts.project) parts.project->params = params.project;
  return {};
}

Result<ops::Candidate> offer(const ops::MatchContext& context, Parts parts) {
  ConvBlockParams params;
  POME_TRY(choose(context, parts, params));
  ops::Candidate c;
  c.cost = parts.expand && parts.project ? 0.5 : 0.75;
  for (const auto* part : {&parts.expand, &parts.depthwise, &parts.project}) {
    if (!*part) continue;
    const auto& covered = (*part)->chain.covered;
    c.covered.insert(c.covered.end(), covered.begin(), covered.end());
    c.packed.push_back((*part)->packed());
    c.flops += (*part)->flops();
  }
  const bool planar = parts.first().params.planar_input;
  c.inputs = {{parts.first().input, planar ? ops::Layout::kPlain : ops::Layout::kBlocked}};
  if (parts.last().chain.residual != nullptr)
    c.inputs.push_back({parts.last().chain.residual, ops::Layout::kBlocked});
  c.outputs = {{parts.last().chain.output, ops::Layout::kBlocked}};
  c.scratch_bytes = static_cast<size_t>(conv_block_scratch_bytes(params, context.threads()));
  c.set_params(params);
  return c;
}

Result<ops::Candidate> match_parts(const ops::MatchContext& context, const ir::Op& op, First begin,
                                   bool project) {
  Parts parts;
  POME_ASSIGN(ConvMatch first, match_convolution(context, op));
  if (begin == First::kPicture && !first.params.planar_input)
    return unsupported("takes row-major pictures of 1 to 4 channels");
  if (begin == First::kExpand && first.params.planar_input)
    return unsupported("does not read a row-major picture");
  (begin == First::kDepthwise ? parts.depthwise : parts.expand) = std::move(first);
  if (parts.expand) {
    POME_ASSIGN(parts.depthwise, match_next_convolution(context, parts.expand->chain.output));
  }
  if (project) {
    POME_ASSIGN(parts.project, match_next_convolution(context, parts.depthwise->chain.output));
  }
  return offer(context, std::move(parts));
}

template <First begin, bool project>
ops::Match match_block(const ops::MatchContext& context, const ir::Op& op) {
  return to_match(match_parts(context, op, begin, project));
}

void run_block(const void* params, const ops::RunContext& r) noexcept {
  const auto& p = params_of<ConvBlockParams>(params);
  ConvBlockBuffers b;
  b.input = floats(r.inputs[0]);
  const std::byte* const* packed = r.packed;
  if (p.has_expand) b.expand = *packed++;
  b.depthwise = *packed++;
  if (p.has_project) {
    b.project = *packed;
    b.residual = p.project.epilogue.has_residual ? floats(r.inputs[1]) : nullptr;
  }
  b.output = floats(r.outputs[0]);
  b.scratch = r.scratch;
  conv_block_run(p, b, *r.pool);
}

constexpr std::string_view kAll = "expand_depthwise_project";
constexpr std::string_view kExpand = "expand_depthwise";
constexpr std::string_view kProject = "depthwise_project";
constexpr std::string_view kPictureAll = "conv_depthwise_project";
constexpr std::string_view kPicture = "conv_depthwise";
constexpr int kVersion = kConvBlockKernel.version;

constexpr ops::KernelRow kConvBlockRows[] = {
    {kAll, kVersion, "conv", match_block<First::kExpand, true>, run_block},
    {kExpand, kVersion, "conv", match_block<First::kExpand, false>, run_block},
    {kPictureAll, kVersion, "conv", match_block<First::kPicture, true>, run_block},
    {kPictureAll, kVersion, "pad", match_block<First::kPicture, true>, run_block},
    {kPictureAll, kVersion, "pome.pixels", match_block<First::kPicture, true>, run_block},
    {kPicture, kVersion, "conv", match_block<First::kPicture, false>, run_block},
    {kPicture, kVersion, "pad", match_block<First::kPicture, false>, run_block},
    {kPicture, kVersion, "pome.pixels", match_block<First::kPicture, false>, run_block},
    {kProject, kVersion, "conv", match_block<First::kDepthwise, true>, run_block},
    {kProject, kVersion, "pad", match_block<First::kDepthwise, true>, run_block},
};

}  // namespace

std::span<const ops::KernelRow> conv_block_rows() { return kConvBlockRows; }

}  // namespace pome::cpu
