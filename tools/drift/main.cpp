#include "cli.hpp"

int main(int argc, char** argv) { return drift::cli::run(argc, argv); }
