#include <Net.h>

pome::Result<Net> load_net(const char* path);
pome::Result<Net> load_net(const char* path) { return Net::load(path); }
