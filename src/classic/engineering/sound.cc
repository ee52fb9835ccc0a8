// SoundAnalysisPreprocessing, kind VGGish: 0.975 s of sound at 16 kHz -> log-mel spectrogram.
//
// As published with VGGish: frames of 25 ms every 10 ms under a periodic Hann window, magnitude of
// a 512-point Fourier transform, 64 triangular bands from 125 to 7500 Hz on HTK's mel scale, and
// the logarithm of each band plus 0.01.
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>
#include <utility>

#include "base/text.h"
#include "base/try.h"
#include "classic/engineering/features.h"
#include "classic/engineering/makers.h"
#include "classic/feature_row.h"
#include "classic/number_output.h"
#include "format/proto/model.pb.h"

namespace pome::classic {
namespace {

constexpr int kSamples = 15600;
constexpr double kRate = 16000;
constexpr int kWindow = 400;
constexpr int kHop = 160;
constexpr int kFrames = 1 + (kSamples - kWindow) / kHop;
constexpr int kTransform = 512;
constexpr int kBins = kTransform / 2 + 1;
constexpr int kBands = 64;
constexpr double kLowest = 125;
constexpr double kHighest = 7500;
constexpr double kLogOffset = 0.01;
static_assert(kFrames == 96);

double mel(double hertz) { return 1127 * std::log(1 + hertz / 700); }

/// Radix-2 Fourier transform of kTransform numbers, tables made once.
class Fourier {
 public:
  using Numbers = std::array<std::complex<double>, kTransform>;

  Fourier() {
    for (int i = 0; i < kTransform / 2; ++i)
      turns_[static_cast<size_t>(i)] = std::polar(1.0, -2 * std::numbers::pi * i / kTransform);
    for (size_t i = 1; i < kTransform; ++i)
      reversed_[i] = reversed_[i / 2] / 2 + (i % 2 != 0 ? kTransform / 2 : 0);
  }

  void operator()(Numbers& x) const {
    for (size_t i = 0; i < kTransform; ++i)
      if (i < reversed_[i]) std::swap(x[i], x[reversed_[i]]);
    for (size_t half = 1; half < kTransform; half *= 2) {
      for (size_t begin = 0; begin < kTransform; begin += 2 * half) {
        for (size_t i = 0; i < half; ++i) {
          const auto odd = turns_[i * (kTransform / 2 / half)] * x[begin + half + i];
          x[begin + half + i] = x[begin + i] - odd;
          x[begin + i] += odd;
        }
      }
    }
  }

 private:
  std::array<std::complex<double>, kTransform / 2> turns_;
  std::array<size_t, kTransform> reversed_{};
};

/// A band's triangle over the bins of the transform.
struct Band {
  size_t first = 0;
  std::vector<double> weights;
};

std::vector<Band> make_bands() {
  const double low = mel(kLowest);
  const double step = (mel(kHighest) - low) / (kBands + 1);
  std::vector<Band> bands(kBands);
  for (int b = 0; b < kBands; ++b) {
    const double left = low + step * b;
    const double middle = low + step * (b + 1);
    const double right = low + step * (b + 2);
    Band& band = bands[static_cast<size_t>(b)];
    for (int bin = 1; bin < kBins; ++bin) {  // none for the constant part
      const double at = mel(bin * kRate / kTransform);
      const double weight =
          std::min((at - left) / (middle - left), (right - at) / (right - middle));
      if (weight <= 0) continue;
      if (band.weights.empty()) band.first = static_cast<size_t>(bin);
      band.weights.push_back(weight);
    }
  }
  return bands;
}

class Vggish final : public Evaluator {
 public:
  Vggish(std::string input, NumberOutput output)
      : input_(std::move(input)), output_(std::move(output)), bands_(make_bands()) {
    for (size_t i = 0; i < kWindow; ++i)
      window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kWindow);
  }

  Status evaluate(const FeatureProvider& inputs, FeatureProvider& outputs) const override {
    const FeatureValue* value = inputs.find(input_);
    if (value == nullptr)
      return Error(ErrorCode::kMissingInput, "input " + quoted(input_) + " is missing");
    std::vector<double> samples(kSamples);
    Status read = read_numbers(*value, samples);
    if (!read.ok()) return std::move(read).error().at("input " + quoted(input_));
    std::vector<double> result;
    result.reserve(static_cast<size_t>(kFrames) * kBands);
    for (size_t frame = 0; frame < kFrames; ++frame)
      add_frame(std::span(samples).subspan(frame * kHop, kWindow), result);
    return output_.write(result, outputs);
  }

 private:
  void add_frame(std::span<const double> samples, std::vector<double>& result) const {
    Fourier::Numbers x{};
    for (size_t i = 0; i < kWindow; ++i) x[i] = samples[i] * window_[i];
    fourier_(x);
    for (const Band& band : bands_) {
      double sum = 0;
      for (size_t i = 0; i < band.weights.size(); ++i)
        sum += band.weights[i] * std::abs(x[band.first + i]);
      result.push_back(std::log(sum + kLogOffset));
    }
  }

  std::string input_;
  NumberOutput output_;
  Fourier fourier_;
  std::vector<Band> bands_;
  std::array<double, kWindow> window_{};
};

}  // namespace

EvaluatorResult make_sound_analysis_preprocessing(const Source& source) {
  if (!source.model->soundanalysispreprocessing().has_vggish())
    return Error(ErrorCode::kUnsupported, "of sound preprocessing only the kind VGGish is known");
  POME_ASSIGN(const OneToOne features, OneToOne::create(source.description));
  const auto count = described_count(features.input);
  if (features.input.type != FeatureType::kMultiArray || (count && *count != kSamples))
    return wrong_feature(features.input, "input", "a MultiArray of 15600 samples");
  FeatureDescription output = features.output;
  constexpr size_t kNumbers = size_t{kFrames} * kBands;
  if (described_count(output) != static_cast<int64_t>(kNumbers))
    output.multi_array.shape = {1, kFrames, kBands};
  POME_ASSIGN(NumberOutput target, NumberOutput::create(output, kNumbers));
  return EvaluatorResult(std::make_unique<Vggish>(features.input.name, std::move(target)));
}

}  // namespace pome::classic
