// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
// In the place of libFuzzer: runs a target over the files of a folder, for compilers that have no fuzzer.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
    if (argc != 2) return std::fputs("usage: fuzz_seeds_NAME FOLDER\n", stderr), 2;
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{argv[1]}) files.insert(entry.path());
    for (const auto& file : files) {
        std::printf("%s\n", file.c_str());
        std::fflush(stdout); // which one it was, should the target abort
        std::ifstream in{file, std::ios::binary};
        const std::vector<char> text{std::istreambuf_iterator<char>{in}, {}};
        // Memory of exactly this size, so that reading beyond it is seen.
        const std::vector<std::uint8_t> bytes(text.begin(), text.end());
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    }
    if (files.empty()) return std::fprintf(stderr, "no seeds in %s\n", argv[1]), 1;
    return 0;
}
