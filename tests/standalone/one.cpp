// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock.hpp>

#include <cstdio>

const void* category_in_two();
const void* client_in_two();

/// The same function must have one address in the whole program.
int main() {
    const void* category = &penstock::penstock_category();
    auto constructor = &penstock::s3::client::presign;
    (void)constructor;
    if (category != category_in_two()) {
        std::puts("two error categories in one program");
        return 1;
    }
    return 0;
}
