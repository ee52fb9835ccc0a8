// Cats or dogs? Usage: typed-classify photo.jpg... The model is part of the program.
#include <CatDog.h>
#include <pome/image.h>

#include <iostream>

int main(int argc, char** argv) {
  try {
    const auto model = CatDog::load().value();
    int dogs = 0;
    for (int i = 1; i < argc; ++i) {
      const auto photo = pome::Image::open(argv[i]).value();
      const auto output = model.prediction(photo).value();
      if (output.classLabel == CatDog::Label::dog) ++dogs;
      std::cout << argv[i] << ": " << output.classLabel << ' '
                << output.classLabelProbs.at(output.classLabel) << '\n';
    }
    std::cout << dogs << " of " << argc - 1 << " are dogs\n";
  } catch (const pome::Exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
