#include <Model2_net_copy.h>

int main() { return Model2_net_copy::load().ok() ? 0 : 1; }
