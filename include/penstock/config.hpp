// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

// How the bodies in impl/*.ipp reach the linker.
//
// By default (target penstock::penstock) every body is inline and comes with its header. With
// PENSTOCK_SEPARATE_COMPILATION (target penstock::compiled defines it) headers only declare, and the bodies are
// compiled once, one translation unit a module.
#if defined(PENSTOCK_SEPARATE_COMPILATION)
#define PENSTOCK_DECL
#else
#define PENSTOCK_HEADER_ONLY 1
#define PENSTOCK_DECL inline
#endif

// CMake reads them, too.
#define PENSTOCK_VERSION_MAJOR 0
#define PENSTOCK_VERSION_MINOR 1
#define PENSTOCK_VERSION_PATCH 0
#define PENSTOCK_VERSION_STRING                                                                                        \
    PENSTOCK_VERSION_TEXT(PENSTOCK_VERSION_MAJOR)                                                                      \
    "." PENSTOCK_VERSION_TEXT(PENSTOCK_VERSION_MINOR) "." PENSTOCK_VERSION_TEXT(PENSTOCK_VERSION_PATCH)
#define PENSTOCK_VERSION_TEXT(number) PENSTOCK_VERSION_TOKEN(number)
#define PENSTOCK_VERSION_TOKEN(token) #token
