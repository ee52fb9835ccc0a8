// What a frame of the live camera costs `pome app`: decoding, fitting, predicting, each in
// milliseconds.
//   taskset -c 0 build/release/benchmarks/frame_bench CatDog.mlmodel examples/pictures/dog.jpg
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <vector>

#include "apps/server/answerer.h"
#include "apps/server/view.h"

namespace {

constexpr int kFrames = 300;

double share(std::vector<double> samples, double of) {
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<size_t>(of * static_cast<double>(samples.size() - 1) + 0.5)];
}

void print(const char* name, const std::vector<double>& samples) {
  std::printf("%-28s median %6.2f   p95 %6.2f   max %6.2f\n", name, share(samples, 0.5),
              share(samples, 0.95), share(samples, 1));
}

double processor_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: frame_bench MODEL FRAME.jpg\n");
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  pome::ModelConfiguration configuration;
  configuration.threads = 1;
  const auto answerer =
      pome::app::Answerer::create(pome::Model::load(argv[1], configuration).value(), 64'000'000)
          .value();
  pome::app::Question question;
  question.picture = std::as_bytes(std::span(bytes));
  std::vector<double> decode, resize, predict, all, processor, seen;
  for (int i = 0; i < kFrames + 20; ++i) {
    const double before = processor_milliseconds();
    const auto start = std::chrono::steady_clock::now();
    const auto answer = answerer.answer(question).value();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    const double after = processor_milliseconds();
    pome::app::answer_json(answer, answerer.description(), true).value();
    if (i < 20) continue;
    decode.push_back(answer.times.decode);
    resize.push_back(answer.times.resize);
    predict.push_back(answer.times.predict);
    all.push_back(took.count());
    processor.push_back(after - before);
    seen.push_back(processor_milliseconds() - after);
  }
  std::printf("%d frames of %zu bytes, milliseconds\n", kFrames, bytes.size());
  print("decoding", decode);
  print("fitting", resize);
  print("predicting", predict);
  print("a frame", all);
  print("a frame, processor time", processor);
  print("JSON with PNG, processor time", seen);
}
