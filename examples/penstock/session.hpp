// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include "options.hpp"
#include "output.hpp"
#include "progress.hpp"

#include <penstock/core/buffer_pool.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/s3/client.hpp>

#include <memory>
#include <optional>
#include <string>

namespace tool {

namespace asio = boost::asio;
using penstock::awaitable;

/// What the commands share. Outlives the coroutine of the command.
class session {
  public:
    session(penstock::executor ex, global_options options);

    /// What the command line says of the client.
    penstock::s3::client_options client_options() const;
    /// The client, made when it is first wanted: local files need none, nor any credentials.
    penstock::s3::client& s3();
    /// The same, or null where `url` is no S3 URL.
    penstock::s3::client* s3_for(const std::string& url);
    /// Lets go of the client, so that nothing of it keeps the executor busy.
    void close() { client_.reset(); }

    /// --memory-budget: of the client and of all readers, wherever they read from.
    const std::shared_ptr<penstock::memory_budget>& budget() const noexcept { return budget_; }
    /// What readers take of it.
    const std::shared_ptr<penstock::buffer_pool>& pool() const noexcept { return pool_; }

    const global_options& options() const noexcept { return options_; }
    bool json() const noexcept { return options_.json; }
    output& out() noexcept { return out_; }
    const penstock::executor& get_executor() const noexcept { return executor_; }
    const std::optional<penstock::s3::client>& client() const noexcept { return client_; }
    bool show_progress() const noexcept { return !options_.no_progress; }

  private:
    penstock::executor executor_;
    global_options options_;
    std::shared_ptr<penstock::memory_budget> budget_;
    std::shared_ptr<penstock::buffer_pool> pool_;
    output out_;
    std::optional<penstock::s3::client> client_;
};

/// Moves all bytes; gives how many.
awaitable<std::uint64_t> pump(penstock::byte_source& from, penstock::byte_sink& to, progress& bar);

// Each command is a coroutine in a file of its name.
awaitable<void> ls(session& s, ls_options o);
awaitable<void> stat(session& s, stat_options o);
awaitable<void> cat(session& s, cat_options o);
awaitable<void> cp(session& s, cp_options o);
awaitable<void> rm(session& s, rm_options o);
awaitable<void> uploads(session& s, uploads_options o);
awaitable<void> mb(session& s, mb_options o);
awaitable<void> scan(session& s, scan_options o);
awaitable<void> convert(session& s, convert_options o);
awaitable<void> print_schema(session& s, schema_options o);
awaitable<void> presign(session& s, presign_options o);
awaitable<void> credentials(session& s);
awaitable<void> check(session& s, check_options o);
awaitable<void> serve(session& s, serve_options o);

} // namespace tool
