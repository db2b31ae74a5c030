// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The promise of the transport: once a body flows, reading it takes nothing from the heap, waits and decompression included. That of
// the formats: nothing for a row.
#include "counting.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

thread_local std::uint64_t allocation::allocations = 0;

// Beneath operator new, because Asio takes coroutine frames by aligned_alloc.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) noexcept { return ++allocation::allocations, __libc_malloc(size); }
void* calloc(std::size_t n, std::size_t size) noexcept { return ++allocation::allocations, __libc_calloc(n, size); }
void* realloc(void* p, std::size_t size) noexcept { return ++allocation::allocations, __libc_realloc(p, size); }
void* aligned_alloc(std::size_t a, std::size_t size) noexcept { return ++allocation::allocations, __libc_memalign(a, size); }
int posix_memalign(void** p, std::size_t a, std::size_t size) noexcept {
    ++allocation::allocations;
    *p = __libc_memalign(a, size);
    return *p ? 0 : ENOMEM;
}
}

bool allocation::report(const char* name, const outcome& o, bool complete, std::uint64_t allowed) {
    const bool ok = complete && o.reads > 2 * warm_up && o.allocated <= allowed;
    const auto number = [](std::uint64_t n) { return static_cast<unsigned long long>(n); };
    std::printf("%s: %llu reads, %llu waits, %llu bytes, %llu allocations after the first %llu reads%s\n", name,
                number(o.reads), number(o.waits), number(o.bytes), number(o.allocated), number(warm_up),
                ok ? "" : ": FAILED");
    return ok;
}

int main() {
    const auto before = allocation::allocations;
    std::free(std::aligned_alloc(64, 64));
    delete new std::string(100, 'x');
    if (allocation::allocations - before < 3) {
        std::puts("allocation: this counter counts nothing");
        return 1;
    }
    const bool codecs = allocation::codec_reads();
    const bool connections = allocation::connection_reads();
    const bool objects = allocation::object_reads();
    const bool batches = allocation::batches();
    const bool blocks = allocation::blocks_found_again();
    return codecs && connections && objects && batches && blocks ? 0 : 1;
}
