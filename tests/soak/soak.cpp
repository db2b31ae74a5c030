// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// 64 readers and 16 writers for minutes, over real sockets, plain and TLS, on embedded servers that do something wrong with
// one request in twenty, and cancelled at random. Every byte that is delivered is compared; memory, descriptors and uploads
// are counted.
//   soak SECONDS FOLDER [SEED]
#include <penstock/core/as_result.hpp>
#include <penstock/core/metrics.hpp>
#include <penstock/s3/client.hpp>
#include <penstock/s3/parallel_reader.hpp>
#include <penstock/testing/s3_server.hpp>
#include <penstock/testing/test_certificates.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <malloc.h>
#include <unistd.h>

namespace {

using namespace penstock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int readers = 64, writers = 16, objects = 24;
constexpr std::uint64_t largest = std::uint64_t{64} << 20;
constexpr std::size_t period = 8'388'593; // a prime, so that no part of an object equals another

/// The bytes of an object follow from its number: from a place in a repeated text.
class contents {
  public:
    contents() : text_(period + (std::size_t{4} << 20), '\0') {
        const auto random = make_seeded_random(7);
        for (std::size_t i = 0; i < period; ++i) text_[i] = static_cast<char>(random->next() >> 56);
        std::memcpy(text_.data() + period, text_.data(), text_.size() - period);
    }
    /// As many of the bytes from `offset` as stand together, at most `most`.
    std::string_view at(std::uint64_t number, std::uint64_t offset, std::uint64_t most) const {
        const auto place = (number * 104'729 + offset) % period;
        return std::string_view{text_}.substr(place, std::min<std::uint64_t>(most, text_.size() - place));
    }
    bool equal(std::uint64_t number, std::uint64_t offset, std::span<const std::byte> got) const {
        while (!got.empty()) {
            const auto expected = at(number, offset, got.size());
            if (std::memcmp(expected.data(), got.data(), expected.size()) != 0) return false;
            got = got.subspan(expected.size());
            offset += expected.size();
        }
        return true;
    }

  private:
    std::string text_;
};

struct sample {
    sample() = default;
    double at = 0; ///< seconds
    double resident = 0; ///< MiB
    double in_use = 0;   ///< MiB that are allocated
    std::size_t descriptors = 0;
};

std::size_t descriptors() {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) ++n;
    return n;
}

double resident() {
    long pages = 0, whole = 0;
    std::ifstream{"/proc/self/statm"} >> whole >> pages;
    return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// Of the heap. What is resident tells less of leaks: freed memory stays with the process, in pieces between what is in use.
double in_use() {
    const auto heap = mallinfo2();
    return static_cast<double>(heap.uordblks + heap.hblkhd) / (1 << 20);
}

struct site {
    site() = default;
    std::unique_ptr<testing::s3_server> server;
    std::optional<s3::client> client;
};

struct soak {
    asio::io_context io{1};
    contents text;
    std::shared_ptr<clock_source> clock = make_system_clock();
    std::shared_ptr<random_source> random;
    site sites[2]; ///< plain, TLS
    std::uint64_t sizes[objects] = {};
    steady_time until{};
    int running = 0;
    std::uint64_t succeeded = 0, cancelled = 0, failed = 0, wrong = 0, bytes_read = 0, bytes_written = 0;
    std::map<std::string, int> failures;
    std::map<std::string, int> unclear;
    double longest = 0;
    std::vector<sample> samples;

    explicit soak(std::uint64_t seed) : random{make_seeded_random(seed)} {}

    void broken(const std::string& what) {
        ++wrong;
        std::fprintf(stderr, "soak: %s\n", what.c_str());
    }
};

std::uint64_t any_size(random_source& r) {
    const auto exponent = r.uniform() * std::log2(static_cast<double>(largest));
    return static_cast<std::uint64_t>(std::exp2(exponent));
}

void start_site(soak& s, site& where, const std::string& folder, bool tls, std::uint64_t seed) {
    testing::random_faults how;
    how.probability = 0.05;
    how.longest_stall = seconds{4};
    how.largest_offset = std::uint64_t{16} << 20;
    how.wrong_data = true;
    auto options = testing::s3_server_options()
                       .credentials("ak", "sk")
                       .storage(testing::make_folder_storage(folder))
                       .faults(testing::fault_plan::random(seed, how));
    s3::client_options o;
    if (tls) {
        const testing::test_authority authority;
        const auto own = authority.server();
        options.tls(own.certificate_pem, own.key_pem);
        o.tls(http::tls_options().ca_pem(authority.ca_pem()));
    }
    where.server = std::make_unique<testing::s3_server>(s.io.get_executor(), options);
    where.server->listen();
    for (int i = 0; i < objects; ++i) {
        std::string body;
        while (body.size() < s.sizes[i]) body += s.text.at(static_cast<std::uint64_t>(i), body.size(), s.sizes[i] - body.size());
        where.server->put("b", "r" + std::to_string(i), body);
    }
    o.endpoint_url(where.server->endpoint()).region("us-east-1").credentials("ak", "sk").memory_budget(std::uint64_t{64} << 20);
    o.transport(http::transport_options().first_byte_timeout(seconds{2}).stall_timeout(seconds{3}));
    o.environment(aws::environment{std::map<std::string, std::string>{}});
    where.client.emplace(s.io.get_executor(), o);
}

awaitable<void> read_whole(soak* s, int object, byte_source* source, std::size_t chunk) {
    std::vector<std::byte> block(chunk);
    std::uint64_t at = 0;
    for (;;) {
        const auto n = co_await penstock::read_some(*source, block);
        if (n == 0) break;
        if (!s->text.equal(static_cast<std::uint64_t>(object), at, {block.data(), n})) {
            s->broken("r" + std::to_string(object) + ": other bytes within " + std::to_string(n) + " from " + std::to_string(at));
            co_return;
        }
        at += n;
        s->bytes_read += n;
    }
    if (at != s->sizes[object])
        s->broken("r" + std::to_string(object) + " ended after " + std::to_string(at) + " of " + std::to_string(s->sizes[object]) + " bytes");
}

awaitable<void> read_once(soak* s, s3::client c) {
    const auto object = static_cast<int>(s->random->below(objects));
    const auto url = "s3://b/r" + std::to_string(object);
    const auto size = s->sizes[object];
    const auto chunk = 1 + s->random->below(std::size_t{256} << 10);
    const auto way = s->random->below(3);
    if (way == 0) {
        auto reader = co_await c.open(url);
        auto all = read_whole(s, object, &reader, chunk);
        co_await std::move(all);
    } else if (way == 1) {
        auto how = s3::parallel_options().part_size(std::uint64_t{4} << 20).connections(3);
        auto opening = s3::open_parallel(c, url, s3::get_object_options(), how);
        auto reader = co_await std::move(opening);
        auto all = read_whole(s, object, &reader, chunk);
        co_await std::move(all);
    } else {
        std::vector<std::byte> block(chunk);
        const auto offset = s->random->below(size);
        auto reading = c.read_at(url, offset, block);
        const auto n = co_await std::move(reading);
        if (n != std::min<std::uint64_t>(block.size(), size - offset) ||
            !s->text.equal(static_cast<std::uint64_t>(object), offset, {block.data(), n}))
            s->broken("r" + std::to_string(object) + ": other bytes at " + std::to_string(offset));
        s->bytes_read += n;
    }
}

awaitable<void> write_once(soak* s, s3::client c, std::string key, std::uint64_t generation) {
    const auto url = "s3://b/" + key;
    const auto number = 1'000 + generation;
    const auto size = any_size(*s->random);
    const auto chunk = 1 + s->random->below(std::size_t{2} << 20);
    const bool given_up = s->random->below(10) == 0;
    auto out = c.create(url);
    for (std::uint64_t at = 0; at < size;) {
        const auto piece = s->text.at(number, at, std::min<std::uint64_t>(chunk, size - at));
        auto writing = out.write(piece);
        co_await std::move(writing);
        at += piece.size();
        s->bytes_written += piece.size();
        if (given_up && at > size / 2) co_return;
    }
    auto committing = out.commit();
    co_await std::move(committing);
    auto asking = c.open(url);
    auto reader = co_await as_result(std::move(asking)); // that it fails is another story
    if (!reader) co_return;
    std::vector<std::byte> block(std::size_t{256} << 10);
    std::uint64_t at = 0;
    for (;;) {
        auto reading = reader->read_some(block);
        const auto n = co_await as_result(std::move(reading));
        if (!n) co_return;
        if (*n == 0) break;
        if (!s->text.equal(number, at, {block.data(), *n})) s->broken(key + " is not what was written");
        at += *n;
        s->bytes_read += *n;
    }
    if (at != size) s->broken(key + " has " + std::to_string(at) + " of " + std::to_string(size) + " bytes");
}

bool clear(const failure& f) {
    const error_code c = f.code();
    for (const auto known : {condition::connection, condition::timeout, condition::throttled, condition::unavailable,
                             condition::malformed, condition::changed})
        if (c == known) return true;
    // A server that shows wrong tags refuses its own parts; HEAD's 400 has no words.
    return f.detail().http_status >= 400 || c == errc::body_too_long || c == errc::body_too_short;
}

awaitable<void> worker(soak* s, int number) {
    const bool writes = number >= readers;
    auto& where = s->sites[number % 2];
    std::uint64_t key = 0; // another one after a write whose end is unknown: it may take effect later
    for (std::uint64_t n = 0; s->clock->now() < s->until; ++n) {
        asio::cancellation_signal stop;
        auto timer = s->clock->make_timer(s->io.get_executor());
        // At the end, too: a large object that drips could take hours.
        const auto limit = s->random->below(10) == 0 ? s->clock->now() + milliseconds{s->random->below(400)} : s->until + seconds{30};
        bool stopped = false;
        timer->start(limit, [&stop, &stopped] {
            stopped = true;
            stop.emit(asio::cancellation_type::terminal);
        });
        const auto began = s->clock->now();
        auto once = [&]() -> awaitable<void> {
            std::string name{"w"};
            name += std::to_string(number) + "-" + std::to_string(key);
            return writes ? write_once(s, *where.client, name, n * writers + static_cast<std::uint64_t>(number))
                          : read_once(s, *where.client);
        };
        auto token = asio::bind_cancellation_slot(stop.slot(), asio::use_awaitable);
        auto running = asio::co_spawn(s->io, once(), token);
        const auto ended = co_await as_result(std::move(running));
        timer->cancel();
        const auto took = std::chrono::duration<double>(s->clock->now() - began).count();
        s->longest = std::max(s->longest, took);
        if (!ended) ++key;
        if (ended) {
            ++s->succeeded;
        } else if (ended.error().code() == condition::cancelled) {
            ++s->cancelled;
            if (!stopped) s->broken("cancelled by nobody: " + ended.error().message());
        } else {
            ++s->failed;
            ++s->failures[ended.error().code().message()];
            if (!clear(ended.error())) ++s->unclear[ended.error().message()];
        }
    }
    if (--s->running == 0) s->io.stop();
}

awaitable<void> look(soak* s, duration whole) {
    const auto began = s->clock->now();
    const auto every = std::min<duration>(seconds{10}, whole / 20);
    while (s->clock->now() < s->until) {
        auto pause = sleep_for(s->clock, every);
        co_await std::move(pause);
        sample now;
        now.at = std::chrono::duration<double>(s->clock->now() - began).count();
        now.resident = resident();
        now.in_use = in_use();
        now.descriptors = descriptors();
        s->samples.push_back(now);
        std::printf("%6.0f s  %7.1f MiB resident, %.1f in use  %4zu descriptors  %llu done, %llu failed, %llu cancelled\n", now.at,
                    now.resident, now.in_use, now.descriptors, static_cast<unsigned long long>(s->succeeded), static_cast<unsigned long long>(s->failed),
                    static_cast<unsigned long long>(s->cancelled));
        std::fflush(stdout);
        for (auto& where : s->sites) where.server->forget_requests();
    }
}

/// Seconds that no wait for memory was longer than.
double longest_wait_for_memory(const s3::client& c) {
    double out = 0;
    for (const auto& family : c.metrics()->collect()) {
        if (family.name != "penstock_s3_wait_seconds") continue;
        for (const auto& series : family.series)
            for (std::size_t i = 0; i < histogram_snapshot::bounds; ++i)
                if (series.histogram.buckets[i] > 0 && std::find(series.labels.begin(), series.labels.end(),
                                                                 std::pair<std::string, std::string>{"for", "memory"}) != series.labels.end())
                    out = std::max(out, std::chrono::duration<double>(histogram_snapshot::bound(i)).count());
    }
    return out;
}

/// MiB a minute, by least squares over the samples from the first quarter on.
double slope(const std::vector<sample>& all) {
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (std::size_t i = all.size() / 4; i < all.size(); ++i) {
        const auto t = all[i].at / 60;
        n += 1, x += t, y += all[i].in_use, xx += t * t, xy += t * all[i].in_use;
    }
    const auto d = n * xx - x * x;
    return d > 0 ? (n * xy - x * y) / d : 0;
}

int run(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: soak SECONDS FOLDER [SEED]\n");
        return 2;
    }
    const auto whole = seconds{std::max(5, std::atoi(argv[1]))};
    const std::filesystem::path folder = argv[2];
    const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
    soak s{seed};
    for (int i = 0; i < objects; ++i) s.sizes[i] = i == 0 ? 1 : i == 1 ? largest : any_size(*s.random);
    const auto idle_descriptors = descriptors();
    for (int i = 0; i < 2; ++i) {
        const auto own = folder / (i ? "tls" : "plain");
        std::filesystem::create_directories(own);
        start_site(s, s.sites[i], own.string(), i == 1, seed + static_cast<std::uint64_t>(i));
    }
    const auto listening = descriptors();
    s.until = s.clock->now() + whole;
    s.running = readers + writers;
    const auto on_end = [&s](std::exception_ptr e) {
        if (e) s.broken("thrown: " + to_failure(e).message());
    };
    for (int i = 0; i < readers + writers; ++i) asio::co_spawn(s.io, worker(&s, i), on_end);
    asio::co_spawn(s.io, look(&s, whole), on_end);
    s.io.run_for(whole + std::chrono::minutes{2});
    if (s.running != 0) s.broken(std::to_string(s.running) + " of the workers never ended");

    std::uint64_t retries = 0, resumes = 0, faults = 0, requests = 0, peak = 0;
    double waited = 0;
    for (auto& where : s.sites) {
        const auto told = where.client->statistics();
        waited = std::max(waited, longest_wait_for_memory(*where.client));
        retries += told.retries, resumes += told.resumes, peak = std::max(peak, told.budget_peak);
        if (told.budget_used != 0) s.broken("bytes of the budget are held by nobody");
        if (told.budget_peak > where.client->budget()->limit()) s.broken("the budget was exceeded");
        faults += where.server->faults().hits();
        requests += where.server->statistics().requests;
        where.client.reset();
    }
    s.io.restart();
    s.io.run_for(seconds{5});
    const auto left = descriptors();
    const auto at_end = in_use(); // without a client
    std::size_t uploads = 0;
    for (auto& where : s.sites) uploads += where.server->service().open_uploads();
    if (uploads != 0) s.broken(std::to_string(uploads) + " uploads are left");
    if (left > listening) s.broken(std::to_string(left) + " descriptors are open, " + std::to_string(listening) + " were before");
    const auto grows = slope(s.samples);
    // Noise of an allocator under changing load is no leak; a leak of one buffer a failure would be more.
    const auto bound = std::max(2.0, 60.0 / std::chrono::duration<double>(whole).count() * 64);
    if (grows > bound) s.broken("memory grows by " + std::to_string(grows) + " MiB a minute");
    for (const auto& [what, n] : s.unclear) s.broken(std::to_string(n) + " times: " + what);

    const auto gib = [](std::uint64_t n) { return static_cast<double>(n) / (1 << 30); };
    double least = 1e9, most = 0, resident_most = 0;
    for (std::size_t i = s.samples.size() / 4; i < s.samples.size(); ++i) {
        least = std::min(least, s.samples[i].in_use);
        most = std::max(most, s.samples[i].in_use);
        resident_most = std::max(resident_most, s.samples[i].resident);
    }
    std::printf("\n%llu operations succeeded, %llu failed clearly, %llu were cancelled; %llu went wrong\n",
                static_cast<unsigned long long>(s.succeeded), static_cast<unsigned long long>(s.failed),
                static_cast<unsigned long long>(s.cancelled), static_cast<unsigned long long>(s.wrong));
    std::printf("%.1f GiB read, %.1f GiB written; %llu requests, %llu of them struck by a fault; %llu retries, %llu resumes\n",
                gib(s.bytes_read), gib(s.bytes_written), static_cast<unsigned long long>(requests),
                static_cast<unsigned long long>(faults), static_cast<unsigned long long>(retries),
                static_cast<unsigned long long>(resumes));
    std::printf("memory: %.1f to %.1f MiB in use after the first quarter, %+.2f MiB a minute, %.1f at the end; %.1f resident at most; "
                "budget's peak %.1f of 64 MiB\n",
                least, most, grows, at_end, resident_most, static_cast<double>(peak) / (1 << 20));
    std::printf("descriptors: %zu at first, %zu listening, %zu at the end; uploads left: %zu; longest operation %.1f s, "
                "longest wait for memory under %.2f s\n",
                idle_descriptors, listening, left, uploads, s.longest, waited);
    for (const auto& [what, n] : s.failures) std::printf("  %6d  %s\n", n, what.c_str());
    for (auto& where : s.sites) where.server.reset();
    return s.wrong == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "soak: %s\n", e.what());
        return 1;
    }
}
