// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/connector.hpp>

#include <memory>
#include <vector>

namespace penstock::http {

class connection_pool;

/// A connection in use. Goes back to its pool when it can serve again, else it is closed.
class connection_lease {
  public:
    connection_lease() = default;
    connection_lease(connection_lease&&) noexcept = default;
    connection_lease& operator=(connection_lease&& o) noexcept {
        if (this != &o) {
            give_back();
            connection_ = std::move(o.connection_);
            pool_ = std::move(o.pool_);
            turn_ = std::move(o.turn_);
        }
        return *this;
    }
    ~connection_lease() { give_back(); }

    connection* operator->() const noexcept { return turn_.touch(), connection_.get(); }
    connection& operator*() const noexcept { return turn_.touch(), *connection_; }
    explicit operator bool() const noexcept { return connection_ != nullptr; }

    /// What is to be given back with the connection.
    void hold(fair_permit turn) noexcept { turn_ = std::move(turn); }

    /// Ends the lease now.
    PENSTOCK_DECL void give_back() noexcept;

  private:
    friend class connection_pool;
    std::unique_ptr<connection> connection_;
    std::weak_ptr<connection_pool> pool_;
    fair_permit turn_;
};

/// Keep-alive connections of one client, by origin. Belongs to one executor.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
  public:
    PENSTOCK_DECL static std::shared_ptr<connection_pool>
    create(executor ex, std::shared_ptr<connector> how, transport_options limits,
           std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers);

    /// The idle connection that was used last, if any is still good; else an empty lease. Never waits.
    PENSTOCK_DECL connection_lease try_acquire(const origin& to);

    /// A new connection. Throws what the connector throws.
    PENSTOCK_DECL awaitable<connection_lease> connect(origin to);

    PENSTOCK_DECL std::size_t idle() const noexcept;
    /// Connections opened so far.
    std::uint64_t opened() const noexcept { return opened_; }

  private:
    friend class connection_lease;
    struct idle_connection {
        std::unique_ptr<connection> held;
        steady_time since;
    };
    struct shelf {
        origin to;
        std::vector<idle_connection> idle; // oldest first
    };

    PENSTOCK_DECL connection_pool(executor ex, std::shared_ptr<connector> how, transport_options limits,
                                  std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers);
    PENSTOCK_DECL shelf& shelf_of(const origin& to);
    PENSTOCK_DECL void put_back(std::unique_ptr<connection> c) noexcept;
    PENSTOCK_DECL void sweep();

    executor ex_;
    std::shared_ptr<connector> connector_;
    transport_options limits_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<buffer_pool> buffers_;
    std::vector<shelf> shelves_; // few origins: a list is enough
    std::unique_ptr<timer> sweeper_;
    bool sweeping_ = false;
    std::uint64_t opened_ = 0;
};

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/connection_pool.ipp>
#endif
