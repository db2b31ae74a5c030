// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/core/fair_semaphore.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/core/semaphore.hpp>
#include <penstock/core/wait_list.hpp>
#include <penstock/http/connection.hpp>
#include <penstock/http/connector.hpp>

#include <memory>
#include <vector>

namespace penstock::http {

class connection_pool;

/// What a pool has now, over all origins. Any thread may read them; they outlive the pool for who holds them.
struct pool_gauges {
    gauge open;    ///< connections, idle ones included
    gauge idle;
    gauge waiting; ///< for a connection to their origin
};

namespace detail {

/// One in a gauge, for as long as it lives.
class gauged {
  public:
    gauged(std::shared_ptr<pool_gauges> all, gauge pool_gauges::*which) noexcept : all_{std::move(all)}, which_{which} {
        ((*all_).*which_).add(1);
    }
    gauged(gauged&&) noexcept = default;
    gauged& operator=(gauged&& o) noexcept {
        gauged gone{std::move(*this)};
        all_ = std::move(o.all_);
        which_ = o.which_;
        return *this;
    }
    ~gauged() {
        if (all_) ((*all_).*which_).add(-1);
    }

  private:
    std::shared_ptr<pool_gauges> all_;
    gauge pool_gauges::*which_;
};

/// Who has connections to one origin, and who waits for one.
struct origin_line {
    explicit origin_line(std::shared_ptr<pool_gauges> all) noexcept : all{std::move(all)} {}

    const std::shared_ptr<pool_gauges> all;
    std::size_t open = 0;
    std::size_t waiting = 0;
    wait_list freed; ///< told of each connection that is closed or idle again
};

/// One connection in the count of its origin.
class connection_slot {
  public:
    connection_slot() = default;
    explicit connection_slot(std::shared_ptr<origin_line> line) noexcept : line_{std::move(line)} {
        ++line_->open;
        line_->all->open.add(1);
    }
    connection_slot(connection_slot&&) noexcept = default;
    connection_slot& operator=(connection_slot&& o) noexcept {
        connection_slot gone{std::move(*this)};
        line_ = std::move(o.line_);
        return *this;
    }
    PENSTOCK_DECL ~connection_slot();

  private:
    std::shared_ptr<origin_line> line_;
};

} // namespace detail

/// What a pool has and did.
struct pool_statistics {
    pool_statistics() = default;

    std::size_t open = 0; ///< idle ones included
    std::size_t idle = 0;
    std::size_t waiting = 0; ///< for a connection to their origin
    std::uint64_t opened = 0;
    std::uint64_t reused = 0;
    std::uint64_t drained = 0; ///< that serve again because the small rest of a body was read
    std::uint64_t waits = 0;
    std::uint64_t wait_timeouts = 0;
};

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
            slot_ = std::move(o.slot_);
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
    detail::connection_slot slot_;
};

/// Keep-alive connections of one client, by origin. Belongs to one executor.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
  public:
    PENSTOCK_DECL static std::shared_ptr<connection_pool>
    create(executor ex, std::shared_ptr<connector> how, transport_options limits,
           std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers);

    /// The idle connection that was used last, if any is still good; else an empty lease. Never waits.
    PENSTOCK_DECL connection_lease try_acquire(const origin& to);

    /// A new connection; where the origin has as many as it may, one's turn is waited for, and that may be a connection that
    /// another has given back. Throws what the connector throws, and `errc::too_many_connections`.
    PENSTOCK_DECL awaitable<connection_lease> connect(origin to);

    PENSTOCK_DECL pool_statistics statistics() const noexcept;
    const std::shared_ptr<pool_gauges>& gauges() const noexcept { return gauges_; }
    std::size_t idle() const noexcept { return static_cast<std::size_t>(gauges_->idle.value()); }
    /// Connections opened so far.
    std::uint64_t opened() const noexcept { return counts_.opened; }

  private:
    friend class connection_lease;
    struct idle_connection {
        detail::gauged counted;
        detail::connection_slot slot; // goes after its connection
        std::unique_ptr<connection> held;
        steady_time since;
    };
    struct shelf {
        origin to;
        std::vector<idle_connection> idle; // oldest first
        std::shared_ptr<detail::origin_line> line;
    };

    PENSTOCK_DECL connection_pool(executor ex, std::shared_ptr<connector> how, transport_options limits,
                                  std::shared_ptr<clock_source> clock, std::shared_ptr<buffer_pool> buffers);
    PENSTOCK_DECL shelf& shelf_of(const origin& to);
    PENSTOCK_DECL connection_lease take_idle(shelf& from);
    PENSTOCK_DECL awaitable<connection_lease> wait_in_line(origin to, std::shared_ptr<detail::origin_line> line);
    PENSTOCK_DECL void put_back(std::unique_ptr<connection> c, detail::connection_slot slot) noexcept;
    /// Takes the connection where its rest is worth reading.
    PENSTOCK_DECL void drain(std::unique_ptr<connection>& c, detail::connection_slot& slot) noexcept;
    PENSTOCK_DECL static awaitable<void> finish(std::weak_ptr<connection_pool> to, std::unique_ptr<connection> c,
                                                detail::connection_slot slot, std::shared_ptr<clock_source> clock,
                                                duration limit);
    PENSTOCK_DECL void make_room();
    PENSTOCK_DECL void sweep();

    executor ex_;
    std::shared_ptr<connector> connector_;
    transport_options limits_;
    std::shared_ptr<clock_source> clock_;
    std::shared_ptr<buffer_pool> buffers_;
    std::shared_ptr<pool_gauges> gauges_ = std::make_shared<pool_gauges>();
    std::vector<shelf> shelves_; // few origins: a list is enough
    std::unique_ptr<timer> sweeper_;
    bool sweeping_ = false;
    pool_statistics counts_; ///< what only grows
};

} // namespace penstock::http

#ifdef PENSTOCK_HEADER_ONLY
#include <penstock/http/impl/connection_pool.ipp>
#endif
