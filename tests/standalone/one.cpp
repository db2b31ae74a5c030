// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock.hpp>

#include <cstdio>

const void* category_in_two();
decltype(&penstock::s3::client::presign) presign_in_two();

/// The same function and the same constant must have one address in the whole program.
int main() {
    if (&penstock::penstock_category() != category_in_two()) {
        std::puts("two error categories in one program");
        return 1;
    }
    if (&penstock::s3::client::presign != presign_in_two()) {
        std::puts("a function of the client twice in one program");
        return 1;
    }
    return 0;
}
