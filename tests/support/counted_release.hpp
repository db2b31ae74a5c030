// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

namespace test {

/// Counts how often a struct of Arrow's C interfaces is released, wherever it is moved to.
template <class T>
void count_releases(T& s, int& count) {
    struct wrapped {
        T inner;
        int* count;
    };
    s.private_data = new wrapped{s, &count};
    s.release = [](T* outer) {
        auto* w = static_cast<wrapped*>(outer->private_data);
        ++*w->count;
        w->inner.release(&w->inner);
        delete w;
        outer->release = nullptr;
    };
}

} // namespace test
