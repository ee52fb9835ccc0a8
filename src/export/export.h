// What every exporter is given and what it gives back.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "format/model_fwd.h"
#include "ir/program.h"
#include "ops/image_preprocessing.h"
#include "pome/model_description.h"
#include "pome/result.h"

// `export` is a keyword of C++.
namespace pome::exporter {

/// A program and how it is to be described. Borrows program and description while an exporter
/// runs. The two meet as import::ImportedModel says (import/imported.h); each entry of
/// `preprocessing` applies to the image input it names, before the program sees the picture: an
/// ML program gets ops for it, a neural network the format's own preprocessing message.
struct ExportRequest {
  const ir::Program& program;
  const ModelDescription& description;
  std::vector<ops::ImagePreprocessing> preprocessing;
  /// Weights as halves; of an ML program activations too, with casts at the border.
  bool float16 = false;
};

/// A model ready to be written. `weights` is the content of weights/weight.bin, empty when the
/// model refers to none (a neural network keeps its weights in the message).
struct Exported {
  format::ModelPtr model;
  std::vector<std::byte> weights;
};

/// Translates into a neural network; Error kUnsupported names the op and place that it cannot say.
Result<Exported> to_neuralnetwork(const ExportRequest& request);

/// Translates into an ML program of the oldest specification version that has all its ops (6 or
/// newer). The same request gives the same bytes.
Result<Exported> to_mil(const ExportRequest& request);

/// Writes `.mlmodel` (a file; refused when there are weights beside it) or `.mlpackage` (a folder),
/// by the suffix of `path`, all or nothing. Deterministic: the same model gives the same bytes.
Status save(const Exported& exported, const std::filesystem::path& path);

}  // namespace pome::exporter
