// Layers that change nothing at inference.
#include "convert/keras/layer_kind.h"

namespace pome::keras {
namespace {

Result<Tensor> same(LayerContext& c) { return c.inputs[0]; }

constexpr LayerKind kPassThroughLayers[] = {
    {"Dropout", same},
    {"SpatialDropout1D", same},
    {"SpatialDropout2D", same},
    {"SpatialDropout3D", same},
    {"GaussianNoise", same},
    {"GaussianDropout", same},
    {"AlphaDropout", same},
    {"ActivityRegularization", same},
    {"Identity", same},
    {"RandomBrightness", same},
    {"RandomColorDegeneration", same},
    {"RandomColorJitter", same},
    {"RandomContrast", same},
    {"RandomElasticTransform", same},
    {"RandomErasing", same},
    {"RandomFlip", same},
    {"RandomGaussianBlur", same},
    {"RandomGrayscale", same},
    {"RandomHue", same},
    {"RandomInvert", same},
    {"RandomPerspective", same},
    {"RandomPosterization", same},
    {"RandomRotation", same},
    {"RandomSaturation", same},
    {"RandomSharpness", same},
    {"RandomShear", same},
    {"RandomTranslation", same},
    {"RandomZoom", same},
    {"MixUp", same},
    {"CutMix", same},
    {"RandAugment", same},
    {"AugMix", same},
};

}  // namespace

std::span<const LayerKind> pass_through_layers() { return kPassThroughLayers; }

}  // namespace pome::keras
