// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include "support/run.hpp"
#include "support/temporary_folder.hpp"

#include <penstock/core/as_result.hpp>
#include <penstock/core/byte_sink.hpp>
#include <penstock/core/file_io.hpp>

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace file_io_test {

using namespace penstock;
namespace fs = std::filesystem;

using folder = test::temporary_folder;

inline void put(const std::string& path, std::string_view text) {
    std::ofstream{path, std::ios::binary} << text;
}
inline std::string get(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}
inline std::string pattern(std::size_t n) {
    std::string out(n, '\0');
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<char>((i * 131) >> 3);
    return out;
}
template <class F>
failure failure_of(F&& f) {
    try {
        f();
    } catch (const error& e) {
        return e.as_failure();
    }
    return {};
}

TEST_CASE("a file is read in slices that let others run") {
    const folder dir;
    const auto text = pattern(3 * file_slice + 100);
    put(dir / "a", text);
    auto source = open_file(dir / "a");
    CHECK(source->name() == dir / "a");
    CHECK(source->remaining() == text.size());

    std::string big(2 * file_slice, '\0');
    const auto into = std::as_writable_bytes(std::span{big});
    CHECK(source->try_read_some(into).size == file_slice);
    CHECK(source->remaining() == text.size() - file_slice);
    CHECK(source->try_read_some(into).status == io_status::would_block);

    asio::io_context io{1};
    bool other_ran = false;
    asio::post(io, [&] { other_ran = true; });
    test::run(io, source->ready());
    CHECK(other_ran);
    CHECK(source->try_read_some(into).size == file_slice);

    auto again = open_file(dir / "a");
    CHECK(test::run(read_all(*again)) == text);
    CHECK(again->remaining() == 0);
}

/// How often something else on the executor runs while `op` does.
template <class T>
std::size_t turns_beside(awaitable<T> op) {
    asio::io_context io{1};
    std::size_t turns = 0;
    std::function<void()> tick = [&] {
        ++turns;
        asio::post(io, tick);
    };
    asio::post(io, tick);
    test::run(io, std::move(op));
    return turns;
}

inline awaitable<std::size_t> read_in_blocks(std::string path, std::size_t block) {
    const auto source = open_file(path);
    std::string into(block, '\0');
    std::size_t total = 0;
    for (;;) {
        const auto n = co_await read_some(*source, std::as_writable_bytes(std::span{into}));
        if (n == 0) break;
        total += n;
    }
    co_return total;
}

inline awaitable<void> read_ranges_in_blocks(std::string path, std::size_t block, std::size_t size) {
    const auto source = open_file_ranges(path);
    std::string into(block, '\0');
    for (std::size_t at = 0; at < size; at += block) {
        const auto n = co_await source->read_at(at, std::as_writable_bytes(std::span{into}));
        CHECK(n == std::min(block, size - at));
    }
}

inline awaitable<void> write_in_blocks(std::string path, std::size_t block, std::size_t size) {
    const auto sink = create_file(path);
    const auto text = pattern(block);
    for (std::size_t at = 0; at < size; at += block)
        co_await sink->write(as_bytes(text).first(std::min(block, size - at)));
    co_await sink->commit();
}

TEST_CASE("others run after every slice of a file, whatever the size of the reads and writes") {
    const folder dir;
    constexpr std::size_t slices = 16;
    constexpr auto size = slices * file_slice;
    put(dir / "a", std::string(size, 'x'));
    for (const std::size_t block :
         {std::size_t{1000}, file_slice / 4, file_slice / 2, file_slice - 1000, file_slice, 4 * file_slice}) {
        CAPTURE(block);
        // Reads of a little less than a slice come to one only with the second.
        const auto least = std::min(slices, size / block + 1) / 2;
        const auto read = turns_beside(read_in_blocks(dir / "a", block));
        CHECK(read >= least);
        CHECK(read <= slices + 4);
        const auto ranges = turns_beside(read_ranges_in_blocks(dir / "a", block, size));
        CHECK(ranges >= least);
        CHECK(ranges <= slices + 4);
        const auto written = turns_beside(write_in_blocks(dir / "b", block, size));
        CHECK(written >= least);
        CHECK(written <= slices + 4);
    }
}

TEST_CASE("the end of a file stays the end, even when it grows") {
    const folder dir;
    put(dir / "a", "abc");
    auto source = open_file(dir / "a");
    CHECK(test::run(read_all(*source)) == "abc");
    std::ofstream{dir / "a", std::ios::app} << "more";
    std::byte block[8];
    CHECK(source->try_read_some(block).status == io_status::end);
}

TEST_CASE("an empty file") {
    const folder dir;
    put(dir / "a", "");
    auto source = open_file(dir / "a");
    CHECK(source->remaining() == 0);
    CHECK(test::run(read_all(*source)).empty());
}

TEST_CASE("what is no regular file says nothing about its size") {
    auto source = open_file("/dev/zero");
    CHECK_FALSE(source->remaining().has_value());
    std::byte block[16];
    CHECK(source->try_read_some(block).size == 16);
}

TEST_CASE("ranges of a file") {
    const folder dir;
    const auto text = pattern(2 * file_slice + 10);
    put(dir / "a", text);
    auto source = open_file_ranges(dir / "a");
    CHECK(test::run(source->size()) == text.size());
    std::string into(file_slice + 7, '\0');
    CHECK(test::run(source->read_at(5, std::as_writable_bytes(std::span{into}))) == into.size());
    CHECK(into == text.substr(5, into.size()));
    CHECK(test::run(source->read_at(text.size() - 3, std::as_writable_bytes(std::span{into}))) == 3);
    CHECK(into.substr(0, 3) == text.substr(text.size() - 3));
    CHECK(test::run(source->read_at(text.size(), std::as_writable_bytes(std::span{into}))) == 0);
    CHECK(test::run(source->read_at(text.size() + 1000, std::as_writable_bytes(std::span{into}))) == 0);
}

TEST_CASE("files that cannot be read name themselves and the reason") {
    const folder dir;
    const auto missing = failure_of([&] { open_file(dir / "none"); });
    CHECK(missing.code() == condition::not_found);
    CHECK(missing.detail().object == dir / "none");
    CHECK(missing.detail().operation == "open");
    CHECK(failure_of([&] { open_file_ranges(dir / "none"); }).code() == condition::not_found);

    const auto directory = failure_of([&] { open_file(dir.path().string()); });
    CHECK(directory.code() == error_code{EISDIR, boost::system::system_category()});
    CHECK(failure_of([&] { open_file_ranges(dir.path().string()); }).code().value() == EISDIR);

    put(dir / "locked", "x");
    REQUIRE(::chmod((dir / "locked").c_str(), 0) == 0);
    if (::geteuid() == 0)
        MESSAGE("as root every file can be read");
    else
        CHECK(failure_of([&] { open_file(dir / "locked"); }).code() == condition::access_denied);
}

TEST_CASE("a small file is read whole, up to its limit") {
    const folder dir;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, file_slice - 1, file_slice, file_slice + 1, 3 * file_slice}) {
        CAPTURE(size);
        const auto text = pattern(size);
        put(dir / "a", text);
        CHECK(read_small_file(dir / "a", std::size_t(-1)).value() == text);
        CHECK(read_small_file(dir / "a", size).value() == text);
        if (size == 0) continue;
        const auto beyond = read_small_file(dir / "a", size - 1);
        REQUIRE(beyond.has_error());
        CHECK(beyond.error().code() == condition::limit);
        CHECK(beyond.error().detail().object == dir / "a");
    }
    CHECK(read_small_file("/dev/null", 10).value().empty());
    CHECK(read_small_file("/dev/zero", 10).error().code() == condition::limit);
    CHECK(read_small_file("/proc/self/status", 1 << 20).value().size() > 100); // says that it has no bytes
}

TEST_CASE("a small file that is none") {
    const folder dir;
    CHECK(read_small_file(dir / "none", 10).error().code() == condition::not_found);
    CHECK(read_small_file(dir.path().string(), 10).error().code().value() == EISDIR);
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    const auto pipe = read_small_file(dir / "pipe", 10); // nobody will ever write to it
    REQUIRE(pipe.has_error());
    CHECK(pipe.error().code() == errc::unsupported);
    CHECK(pipe.error().message().find("it is a pipe") != std::string::npos);
    CHECK(pipe.error().detail().object == dir / "pipe");
}

TEST_CASE("a file appears whole, at commit, and nothing is left beside it") {
    const folder dir;
    const auto text = pattern(file_slice * 2 + 1);
    {
        auto sink = create_file(dir / "a");
        CHECK(sink->name() == dir / "a");
        test::run(sink->write(as_bytes(text)));
        test::run(sink->write(as_bytes("")));
        test::run(sink->write(as_bytes("end")));
        CHECK_FALSE(fs::exists(dir / "a"));
        test::run(sink->commit());
        CHECK(get(dir / "a") == text + "end");
    }
    CHECK(get(dir / "a") == text + "end");
    CHECK(dir.entries() == 1);
}

TEST_CASE("without commit the old file stays as it was") {
    const folder dir;
    put(dir / "a", "old");
    {
        auto sink = create_file(dir / "a");
        test::run(sink->write(as_bytes("new")));
        CHECK(get(dir / "a") == "old");
    }
    CHECK(get(dir / "a") == "old");
    CHECK(dir.entries() == 1);
    {
        auto sink = create_file(dir / "b");
        test::run(sink->write(as_bytes("new")));
    }
    CHECK(dir.entries() == 1);
}

TEST_CASE("a replaced file keeps its mode, a new one has the umask's") {
    const folder dir;
    put(dir / "a", "old");
    REQUIRE(::chmod((dir / "a").c_str(), 0640) == 0);
    auto sink = create_file(dir / "a");
    test::run(sink->commit());
    struct stat st {};
    REQUIRE(::stat((dir / "a").c_str(), &st) == 0);
    CHECK((st.st_mode & 07777) == 0640);
    CHECK(get(dir / "a").empty());

    const auto mask = ::umask(027);
    auto fresh = create_file(dir / "b");
    ::umask(mask);
    test::run(fresh->commit());
    REQUIRE(::stat((dir / "b").c_str(), &st) == 0);
    CHECK((st.st_mode & 07777) == 0640);
}

TEST_CASE("a link is written through") {
    const folder dir;
    put(dir / "target", "old");
    fs::create_symlink("target", dir / "link");
    auto sink = create_file(dir / "link");
    test::run(sink->write(as_bytes("new")));
    test::run(sink->commit());
    CHECK(fs::is_symlink(dir / "link"));
    CHECK(get(dir / "target") == "new");
    CHECK(dir.entries() == 2);
}

TEST_CASE("what is no regular file is written to, never replaced") {
    const folder dir;
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    const int reader = ::open((dir / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(reader >= 0);
    {
        auto sink = create_file(dir / "pipe");
        test::run(sink->write(as_bytes("through")));
        test::run(sink->commit());
    }
    { const auto dropped = create_file(dir / "pipe"); }
    char got[16];
    CHECK(::read(reader, got, sizeof got) == 7);
    ::close(reader);
    CHECK(fs::is_fifo(dir / "pipe"));
    CHECK(dir.entries() == 1);
}

TEST_CASE("a full device is an error with the path") {
    const folder dir;
    const auto full = dir / "full";
    // A node of our own where that is allowed: a bug here would replace the machine's.
    if (::mknod(full.c_str(), S_IFCHR | 0600, makedev(1, 7)) != 0) {
        REQUIRE(::geteuid() != 0);
        fs::create_symlink("/dev/full", full);
    }
    {
        auto sink = create_file(full);
        const auto f = failure_of([&] { test::run(sink->write(as_bytes("too much"))); });
        CHECK(f.code() == condition::limit);
        CHECK(f.detail().object == full);
        CHECK(f.detail().operation == "write");
        CHECK(failure_of([&] { test::run(sink->commit()); }).code() == errc::closed);
    }
    CHECK(fs::is_character_file(full));
    CHECK(dir.entries() == 1);
}

/// No file may grow beyond `bytes` meanwhile.
class file_size_limit {
  public:
    explicit file_size_limit(rlim_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &before_) == 0);
        auto limit = before_;
        limit.rlim_cur = bytes;
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    }
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_CASE("after a failed write nothing is committed, and the old file stays") {
    const folder dir;
    put(dir / "a", "old");
    {
        auto sink = create_file(dir / "a");
        {
            const file_size_limit limit{file_slice + 1000};
            const auto f = failure_of([&] { test::run(sink->write(as_bytes(pattern(2 * file_slice)))); });
            CHECK(f.code().value() == EFBIG);
        }
        const auto more = failure_of([&] { test::run(sink->write(as_bytes("more"))); });
        CHECK(more.code() == errc::closed);
        CHECK(more.detail().object == dir / "a");
        CHECK(failure_of([&] { test::run(sink->commit()); }).code() == errc::closed);
        CHECK(get(dir / "a") == "old");
    }
    CHECK(get(dir / "a") == "old");
    CHECK(dir.entries() == 1);
}

TEST_CASE("after a cancelled write nothing is committed") {
    const folder dir;
    {
        auto sink = create_file(dir / "a");
        const auto text = pattern(8 * file_slice);
        asio::io_context io{1};
        asio::cancellation_signal stop;
        error_code code;
        asio::co_spawn(io, sink->write(as_bytes(text)),
                       asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) {
                           if (e) code = to_failure(e).code();
                       }));
        io.run_one();
        io.run_one();
        stop.emit(asio::cancellation_type::terminal);
        io.run();
        REQUIRE(code == condition::cancelled);
        CHECK(failure_of([&] { test::run(sink->commit()); }).code() == errc::closed);
        CHECK_FALSE(fs::exists(dir / "a"));
    }
    CHECK(dir.entries() == 0);
}

TEST_CASE("files that cannot be written") {
    const folder dir;
    CHECK(failure_of([&] { create_file(dir / "no/such/folder"); }).code() == condition::not_found);
    const auto directory = failure_of([&] { create_file(dir.path().string()); });
    CHECK(directory.code().value() == EISDIR);
    CHECK(directory.detail().operation == "create");
    CHECK(dir.entries() == 0);
    if (::geteuid() != 0) {
        REQUIRE(::chmod(dir.path().c_str(), 0500) == 0);
        CHECK(failure_of([&] { create_file(dir / "a"); }).code() == condition::access_denied);
        ::chmod(dir.path().c_str(), 0700);
    }
}

TEST_CASE("a sink ends with its commit") {
    const folder dir;
    auto sink = create_file(dir / "a");
    test::run(sink->write(as_bytes("x")));
    test::run(sink->commit());
    CHECK(failure_of([&] { test::run(sink->write(as_bytes("y"))); }).code() == errc::closed);
    CHECK(failure_of([&] { test::run(sink->commit()); }).code() == errc::closed);
    CHECK(get(dir / "a") == "x");
    CHECK(dir.entries() == 1);
}

TEST_CASE("a replaced file keeps its permissions, but passes on no set-user-id; its name may be as long as names can be") {
    const folder dir;
    const auto replace = [](const std::string& path) {
        const auto sink = create_file(path);
        test::run(sink->write(as_bytes("new")));
        test::run(sink->commit());
    };
    const auto path = dir / "a";
    std::ofstream{path} << "old";
    REQUIRE(::chmod(path.c_str(), 04640) == 0);
    replace(path);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0640);

    const auto longest = dir / std::string(255, 'n');
    replace(longest);
    replace(longest);
    CHECK(dir.entries() == 2);
}

TEST_CASE("a private file is its owner's alone, and whole or as it was") {
    const folder dir;
    const auto mode = [](const std::string& path) {
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 07777;
    };
    REQUIRE(write_private_file(dir / "a", "first").has_value());
    CHECK(mode(dir / "a") == 0600);
    REQUIRE(::chmod((dir / "a").c_str(), 0644) == 0);
    fs::create_symlink(dir / "a", dir / "link");
    REQUIRE(write_private_file(dir / "link", "second").has_value());
    CHECK(get(dir / "a") == "second");
    CHECK(mode(dir / "a") == 0600);
    CHECK(fs::is_symlink(dir / "link"));
    REQUIRE(write_private_file(dir / "a", "").has_value());
    CHECK(get(dir / "a").empty());
    CHECK(dir.entries() == 2);

    CHECK(write_private_file(dir / "none/a", "x").error().code() == condition::not_found);
    CHECK_FALSE(write_private_file(dir.path().string(), "x").has_value());
    REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
    CHECK_FALSE(write_private_file(dir / "pipe", "x").has_value());
    CHECK(dir.entries() == 3);
}

TEST_CASE("a private file that does not fit leaves the old one") {
    const folder dir;
    put(dir / "a", "old");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit little = before;
    little.rlim_cur = 1000;
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &little);
    const auto written = write_private_file(dir / "a", pattern(2000));
    ::setrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, handler);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code() == condition::limit);
    CHECK(get(dir / "a") == "old");
    CHECK(dir.entries() == 1);
}

TEST_CASE("range sink: bytes in any order become a file at commit, or nothing at all") {
    const test::temporary_folder folder;
    const auto path = folder / "out";
    auto write = [](std::string path, bool commit) -> awaitable<void> {
        auto sink = create_file_ranges(path);
        co_await sink->reserve(11);
        co_await sink->write_at(6, as_bytes("world"));
        co_await sink->write_at(0, as_bytes("hello "));
        if (commit) co_await sink->commit();
    };
    test::run(write(path, false));
    CHECK(folder.entries() == 0);
    folder.write("out", "old");
    test::run(write(path, false));
    CHECK(read_small_file(path, 100).value() == "old");
    test::run(write(path, true));
    CHECK(read_small_file(path, 100).value() == "hello world");
    CHECK(folder.entries() == 1);
}

TEST_CASE("range sink: after commit, or a call that failed, it takes nothing more") {
    const test::temporary_folder folder;
    const auto path = folder / "out";
    auto use = [](std::string path) -> awaitable<void> {
        auto sink = create_file_ranges(path, false);
        CHECK(sink->name() == path);
        co_await sink->write_at(0, as_bytes("x"));
        co_await sink->commit();
        auto writing = sink->write_at(0, as_bytes("y"));
        const auto late = co_await as_result(std::move(writing));
        REQUIRE(late.has_error());
        CHECK(late.error().code() == errc::closed);

        auto other = create_file_ranges(path, false);
        auto reserving = other->reserve(std::uint64_t{1} << 60); // no disk has that
        const auto full = co_await as_result(std::move(reserving));
        REQUIRE(full.has_error());
        CHECK(full.error().detail().object == path);
        CHECK(full.error().code() == boost::system::errc::no_space_on_device);
        auto committing = other->commit();
        const auto unfit = co_await as_result(std::move(committing));
        REQUIRE(unfit.has_error());
        CHECK(unfit.error().code() == errc::closed);
    };
    test::run(use(path));
    CHECK(read_small_file(path, 100).value() == "x");
    CHECK(folder.entries() == 1);
    CHECK(is_replaceable_file(path));
    CHECK(is_replaceable_file(folder / "none"));
    CHECK_FALSE(is_replaceable_file("/dev/null"));
    CHECK_THROWS_AS(is_replaceable_file(folder.path().string()), error);
}

} // namespace file_io_test
