#include "runtime/traced_network.h"

#include "base/try.h"

namespace pome::runtime {

Result<std::unique_ptr<TracedNetwork>> TracedNetwork::create(ModelDescription description,
                                                             std::unique_ptr<ir::Program> program,
                                                             const NetworkOptions& options) {
  std::unique_ptr<TracedNetwork> traced(new TracedNetwork());
  traced->context_.description = std::move(description);
  traced->context_.options = options;
  traced->context_.pool = std::make_unique<ThreadPool>(1);
  POME_ASSIGN(traced->network_, InterpretedNetwork::create(traced->context_, std::move(program)));
  return traced;
}

}  // namespace pome::runtime
