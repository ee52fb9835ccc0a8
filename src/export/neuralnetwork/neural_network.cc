// Program -> NeuralNetwork model: the world, the border, the classifier.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "export/description.h"
#include "export/export.h"
#include "export/neuralnetwork/op_writers.h"
#include "format/proto/model.pb.h"

namespace pome::exporter {
namespace {

/// The function as layers, and the blob of a classifier's probabilities.
struct Body {
  Layers layers;
  int version = 1;
  std::string probabilities;
  const ir::Literal* classes = nullptr;
};

class BodyWriter {
 public:
  BodyWriter(const ExportRequest& request, const ir::Function& function, bool exact, Body& body)
      : request_(request),
        function_(function),
        body_(body),
        writer_(exact, request.float16, function.opset, body.layers) {}

  Status run() {
    POME_TRY(bind_inputs());
    for (const auto& op : function_.body.ops()) {
      if (op->kind() == ir::kConstOp) continue;
      Status status = write(*op);
      if (!status.ok()) return std::move(status).error().at(op->place());
    }
    POME_TRY(name_outputs());
    writer_.finish();
    body_.version = writer_.version();
    return {};
  }

 private:
  /// In the rank-5 world arrays are [C] or [C,H,W].
  Status bind_inputs() {
    for (const auto& input : function_.body.inputs()) {
      const FeatureDescription* feature = request_.description.input(input->name());
      if (feature == nullptr)
        return Error(ErrorCode::kInvalidArgument,
                     "input " + quoted(input->name()) + " is not described");
      const int rank = input->shape().rank();
      if (!writer_.exact() && feature->type != FeatureType::kImage && rank != 1 && rank != 3)
        return writer_.unsupported("an array input of shape " + input->shape().to_string());
      writer_.set_blob(input.get(), writer_.unique_name(input->name()));
    }
    return {};
  }

  Status write(const ir::Op& op) {
    if (op.kind() == "classify") return classify(op);
    const WriteFn writer = find_writer(op.kind());
    if (writer == nullptr)
      return Error(ErrorCode::kUnsupported,
                   "op " + quoted(op.kind()) +
                       " cannot be written as a neural network layer; an ML "
                       "program (.mlpackage) can hold it");
    POME_TRY(writer_.begin(op));
    return writer(writer_);
  }

  Status classify(const ir::Op& op) {
    if (body_.classes != nullptr) return writer_.unsupported("a second classify op");
    ir::Value* probabilities = op.input("probabilities");
    body_.classes = op.constant("classes");
    if (probabilities == nullptr || body_.classes == nullptr)
      return writer_.unsupported("computed classes");
    POME_ASSIGN(std::string blob, writer_.blob(probabilities));
    const std::string& wanted = request_.description.predicted_probabilities_name;
    return name_blob(blob, wanted.empty() ? "classLabelProbs" : wanted, body_.probabilities);
  }

  /// Makes `blob` be called `wanted`, by renaming it or, where its name is taken by an input or
  /// another output, by a layer that copies it.
  Status name_blob(const std::string& blob, const std::string& wanted, std::string& named) {
    named = wanted;
    if (blob == wanted && !is_fixed(blob)) {
      fixed_.push_back(wanted);
      return {};
    }
    if (is_fixed(wanted))
      return Error(ErrorCode::kInvalidArgument,
                   "two features would be called " + quoted(wanted) + "; rename one");
    // Whoever has the name gives it up.
    writer_.rename(wanted, writer_.unique_name(wanted));
    if (is_fixed(blob)) {
      auto& layer = *body_.layers.Add();
      layer.set_name(wanted);
      layer.add_input(blob);
      layer.add_output(wanted);
      layer.mutable_activation()->mutable_linear()->set_alpha(1);
    } else {
      writer_.rename(blob, wanted);
    }
    fixed_.push_back(wanted);
    return {};
  }

  bool is_fixed(const std::string& blob) const {
    if (std::find(fixed_.begin(), fixed_.end(), blob) != fixed_.end()) return true;
    const auto& inputs = function_.body.inputs();
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const auto& input) { return input->name() == blob; });
  }

  Status name_outputs() {
    for (const ir::Value* output : function_.body.outputs()) {
      if (output->producer() != nullptr && output->producer()->kind() == "classify") continue;
      const FeatureDescription* feature = request_.description.output(output->name());
      if (feature == nullptr)
        return Error(ErrorCode::kInvalidArgument,
                     "output " + quoted(output->name()) + " is not described");
      const int rank = output->shape().rank();
      if (!writer_.exact() && feature->type != FeatureType::kImage && rank != 1 && rank != 3)
        return writer_.unsupported("an array output of shape " + output->shape().to_string());
      const std::string blob = writer_.find_blob(output);
      if (blob.empty())
        return Error(ErrorCode::kUnsupported, "output " + quoted(output->name()) + " is constant");
      std::string named;
      POME_TRY(name_blob(blob, output->name(), named));
    }
    return {};
  }

  const ExportRequest& request_;
  const ir::Function& function_;
  Body& body_;
  LayerWriter writer_;
  std::vector<std::string> fixed_;  // names of features
};

void write_preprocessing(const ExportRequest& request,
                         google::protobuf::RepeatedPtrField<spec::NeuralNetworkPreprocessing>& to) {
  for (const ops::ImagePreprocessing& p : request.preprocessing) {
    if (p.identity()) continue;
    spec::NeuralNetworkPreprocessing& message = *to.Add();
    message.set_featurename(p.feature);
    auto& scaler = *message.mutable_scaler();
    scaler.set_channelscale(p.channel_scale);
    scaler.set_redbias(p.red_bias);
    scaler.set_greenbias(p.green_bias);
    scaler.set_bluebias(p.blue_bias);
    scaler.set_graybias(p.gray_bias);
  }
}

Status write_labels(const ir::Literal& classes, spec::NeuralNetworkClassifier& classifier) {
  const bool texts =
      classes.type().is_tensor()
          ? classes.type().dtype() == ir::DType::kString
          : classes.members().empty() || classes.members()[0]->type().dtype() == ir::DType::kString;
  for (const ir::LiteralPtr& label : classes.members()) {
    if (texts) {
      classifier.mutable_stringclasslabels()->add_vector(std::string(label->text()));
    } else {
      classifier.mutable_int64classlabels()->add_vector(label->integer());
    }
  }
  if (classes.type().is_tensor() && texts)
    for (const std::string& label : classes.strings())
      classifier.mutable_stringclasslabels()->add_vector(label);
  if (classes.type().is_tensor() && !texts)
    for (const int64_t label : classes.to_ints())
      classifier.mutable_int64classlabels()->add_vector(label);
  if (classes.size() == 0)
    return Error(ErrorCode::kInvalidArgument, "the classifier has no labels");
  return {};
}

template <typename Network>
void fill(const ExportRequest& request, bool exact, Body& body, Network& network) {
  network.mutable_layers()->Swap(&body.layers);
  write_preprocessing(request, *network.mutable_preprocessing());
  if (!exact) return;
  network.set_arrayinputshapemapping(spec::EXACT_ARRAY_MAPPING);
  network.set_imageinputshapemapping(spec::RANK4_IMAGE_MAPPING);
}

Result<format::ModelPtr> assemble(const ExportRequest& request, bool exact, Body& body) {
  format::ModelPtr model = format::new_model();
  write_description(request.description, *model);
  int version = std::max(body.version, description_version(request.description));
  if (exact) version = std::max(version, 4);
  if (request.float16) version = std::max(version, 2);  // which brought halves
  if (body.classes != nullptr) {
    auto& classifier = *model->mutable_neuralnetworkclassifier();
    POME_TRY(write_labels(*body.classes, classifier));
    classifier.set_labelprobabilitylayername(body.probabilities);
    fill(request, exact, body, classifier);
  } else {
    fill(request, exact, body, *model->mutable_neuralnetwork());
  }
  model->set_specificationversion(version);
  return model;
}

}  // namespace

Result<Exported> to_neuralnetwork(const ExportRequest& request) {
  const ir::Function* function = request.program.function("main");
  if (function == nullptr || request.program.functions.size() != 1)
    return Error(ErrorCode::kUnsupported, "the program has " +
                                              std::to_string(request.program.functions.size()) +
                                              " functions; a neural network has one, \"main\"");
  // The oldest world that can say the program: the rank-5 one needs specification version 1 to 3.
  for (const bool exact : {false, true}) {
    Body body;
    Status status = BodyWriter(request, *function, exact, body).run();
    if (!status.ok()) {
      if (exact || status.error().code() != ErrorCode::kUnsupported)
        return std::move(status).error();
      continue;
    }
    if (!exact && body.version > 3) continue;
    POME_ASSIGN(format::ModelPtr model, assemble(request, exact, body));
    return Exported{std::move(model), {}};
  }
  return Error(ErrorCode::kInternal, "no world was chosen");
}

}  // namespace pome::exporter
