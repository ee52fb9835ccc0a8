#include "api/refusal.h"

#include <string>

#include "base/text.h"
#include "format/model_file.h"
#include "format/proto/model.pb.h"

namespace pome::api {
namespace {

namespace spec = CoreML::Specification;

/// Why, and what instead; both whole clauses.
struct Reason {
  std::string why;
  std::string instead;
};

std::string private_data(uint32_t revision) {
  return "it holds parameters in a format of Apple's NaturalLanguage framework (revision " +
         std::to_string(revision) + ") that is not published";
}

Reason reason_of(const spec::Model& model) {
  switch (model.Type_case()) {
    case spec::Model::kVisionFeaturePrint:
      return {
          "it stands for a network that is part of Apple's systems: the file says which version, "
          "and holds no weights of it",
          "train the same labels on a network that carries its own weights, such as a "
          "MobileNetV2, and convert that"};
    case spec::Model::kAudioFeaturePrint:
      return {
          "it stands for a network that is part of Apple's systems: the file says which version, "
          "and holds no weights of it",
          "train the same labels on a sound network that carries its own weights, such as "
          "VGGish behind a soundAnalysisPreprocessing model"};
    case spec::Model::kTextClassifier:
      return {private_data(model.textclassifier().revision()),
              "train a bag-of-words classifier with scikit-learn (DictVectorizer and "
              "LogisticRegression), which coremltools converts"};
    case spec::Model::kWordTagger:
      return {private_data(model.wordtagger().revision()),
              "train a tagger as a neural network, with an embedding layer for the words"};
    case spec::Model::kGazetteer:
      return {private_data(model.gazetteer().revision()),
              "make a categoricalMapping model of the list that the gazetteer was made from"};
    case spec::Model::kWordEmbedding:
      return {private_data(model.wordembedding().revision()),
              "put the vectors that it was made from into an embedding layer of a neural network"};
    case spec::Model::kSerializedModel:
      return {"its content is for the framework that it names alone (" +
                  quoted(model.serializedmodel().identifier()) +
                  "), which is part of Apple's systems",
              "use the model that it was made from"};
    default:
      return {};
  }
}

}  // namespace

Error refusal_of(const spec::Model& model) {
  const std::string type(format::model_type_name(model));
  const Reason reason = reason_of(model);
  if (reason.why.empty()) {
    return Error(ErrorCode::kUnsupported, "models of type " + type + " are not supported yet");
  }
  return Error(ErrorCode::kUnsupported, "a " + type + " model runs on Apple's systems only: " +
                                            reason.why + ". Instead, " + reason.instead);
}

}  // namespace pome::api
